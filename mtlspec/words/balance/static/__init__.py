"""`static`: weights that you give, by the name of a task or of a `loss` term.

The objective is Σ w_t L_t + Σ w_l L_l. What is not named has weight 1; a task's own `weight:` is
multiplied in, and 0 leaves a loss out. A loss term in a `repeat` has one weight for all iterations,
a family of tasks one for all members but those that are named: `static(exam: 0.5, "exam[3]": 1)`.

    balance : static(income: 1, marital: 0.5, apart: 0.01)
"""

from typing import Annotated, ClassVar

from annotated_types import Ge
from pydantic import AllowInfNan, Field

from mtlspec.words.balance import Balance
from mtlspec.words.word import Options

Weight = Annotated[float, Ge(0), AllowInfNan(False)]


class StaticOptions(Options):
    """`weights`: one for each name."""

    named: ClassVar[str | None] = "weights"
    weights: dict[str, Weight] = Field(default_factory=dict)


class Static(Balance):
    """The weighted sum of the losses, with weights from the spec."""

    takes_options = StaticOptions
    adapts = False

    def names(self, options: Options) -> tuple[str, ...]:
        assert isinstance(options, StaticOptions)
        return tuple(options.weights)


WORD = Static()
