"""What belongs to several tasks, by name; copied into emitted files."""

from torch import Tensor


def by_name(names: list[str], values: Tensor) -> dict[str, Tensor]:
    """The part of each task: [tasks, ...] -> [...] by name."""
    return dict(zip(names, values.unbind(), strict=True))
