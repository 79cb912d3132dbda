"""The share of items that are among the highest."""

from torch import Tensor

from mtlspec.words.metrics import Judged
from mtlspec.words.metrics._ranks.run import MeanOverRanks

HIGHEST = 10


class Recall(MeanOverRanks):
    """The share of ranks up to ten."""

    def of(self, rank: Tensor) -> Tensor:
        """[N] -> [N]."""
        return (rank <= HIGHEST).double()


def build(judged: Judged) -> Recall:
    """An empty metric."""
    del judged
    return Recall()
