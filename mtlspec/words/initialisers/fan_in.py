"""`fan_in`: U(-1/√d, 1/√d) with d the inputs of one member, as PyTorch's Linear."""

from collections.abc import Mapping
from math import sqrt

from mtlspec.words.initialisers import Initialiser
from mtlspec.words.word import Options


class FanIn(Initialiser):
    """Each number is drawn from U(-1/√d, 1/√d), d being the number of inputs of one member.

    It is what `torch.nn.Linear` does for weights and biases, whatever the size of the bank that
    a member lies in.
    """

    function = "uniform_"

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options
        bound = 1 / sqrt(fan_in)
        return {"a": -bound, "b": bound}


WORD = FanIn()
