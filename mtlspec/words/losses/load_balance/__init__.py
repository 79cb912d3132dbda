"""`load_balance`: how far a gate that keeps the largest is from using all candidates alike."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import Value
from mtlspec.words.readers import Reader
from mtlspec.words.word import Options


class LoadBalance(Reader):
    """n Σ fᵢ Pᵢ: fᵢ the share of rows whose first choice is i, Pᵢ the mean softmax over all n.

    Fedus et al., JMLR 2022 (Switch), eq. 4-6; of a gate by `top` or `noisy_top`. It is 1 where
    candidates are used alike. Shares are counted before any capacity, and have no gradient.

    Example:
        loss balanced[task] = 0.01 * load_balance(g[task])
    """

    also = ("load_balancing", "aux_loss", "balance_loss")
    quantities = ("choices",)
    over_rows = True
    functions = ("load_balance",)

    def read(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        del options, types
        return Tensor((), rows=False)

    def of_one(self, options: Options, *values: Value) -> py.Expr:
        del options
        return py.call("load_balance", values[0].expr)


WORD = LoadBalance()
