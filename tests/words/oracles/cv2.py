"""The squared coefficient of variation. Shazeer et al. (ICLR 2017), eq. 7."""

from tests.words.oracles import Array


def value(x: Array) -> float:
    """[n] -> the variance over the squared mean."""
    mean = sum(x) / len(x)
    return float(sum((number - mean) ** 2 for number in x) / len(x) / mean**2)
