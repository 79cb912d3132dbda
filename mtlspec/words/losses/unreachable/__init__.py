"""`unreachable`: how much the selectors of a mix choose what is no candidate."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import Value
from mtlspec.words.readers import Reader, candidates_last
from mtlspec.words.routers.dselect import WORD as DSELECT
from mtlspec.words.routers.dselect import SelectorOptions
from mtlspec.words.word import Options


class Unreachable(Reader):
    """Σ over selectors of 1 / Σ p, of a mix by `dselect`; in a gate by row.

    Where the number of candidates is no power of two some codes stand for none, and a selector
    that chooses these gives all its weight away. The authors' code of DSelect-k (Hazimeh et al.,
    NeurIPS 2021) adds this term; it is the number of selectors where all choose candidates.

    Example:
        loss reach[task] = unreachable(g[task])
    """

    quantities = ("bits",)
    knows = SelectorOptions
    functions = ("unreachable",)
    borrows = ((DSELECT.module, "selections"),)

    def read(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        del options
        return Tensor((), rows=types[0].rows)

    def of_one(self, options: Options, *values: Value) -> py.Expr:
        assert isinstance(options, SelectorOptions)
        numbers = map(py.Constant, (options.k, options.candidates, options.gamma))
        return py.call("unreachable", py.call("selections", candidates_last(values[0]), *numbers))


WORD = Unreachable()
