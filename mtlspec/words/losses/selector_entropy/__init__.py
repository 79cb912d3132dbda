"""`selector_entropy`: how far the selectors of a mix are from choosing one candidate each."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import Value
from mtlspec.words.readers import Reader, candidates_last
from mtlspec.words.routers.dselect import WORD as DSELECT
from mtlspec.words.routers.dselect import SelectorOptions
from mtlspec.words.word import Options


class SelectorEntropy(Reader):
    """-Σ p log p over the candidates of every selector, of a mix by `dselect`; in a gate by row.

    Hazimeh et al., NeurIPS 2021 (DSelect-k), §3.2, with log(p + 1e-6) as in the authors' code.

    Example:
        loss selective[task] = 1e-6 * selector_entropy(g[task])
    """

    also = ("entropy",)
    quantities = ("bits",)
    knows = SelectorOptions
    functions = ("selector_entropy",)
    borrows = ((DSELECT.module, "selections"),)

    def read(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        del options
        return Tensor((), rows=types[0].rows)

    def of_one(self, options: Options, *values: Value) -> py.Expr:
        assert isinstance(options, SelectorOptions)
        numbers = map(py.Constant, (options.k, options.candidates, options.gamma))
        return py.call(
            "selector_entropy", py.call("selections", candidates_last(values[0]), *numbers)
        )


WORD = SelectorEntropy()
