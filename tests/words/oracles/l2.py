"""Σw² over the numbers of all matrices."""

from tests.words.oracles import Array


def value(*matrices: Array) -> float:
    return float(sum(number**2 for matrix in matrices for number in matrix.ravel()))
