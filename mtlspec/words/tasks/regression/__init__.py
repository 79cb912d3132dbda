"""`regression`: a number.

The label is a number, or null where it is not known. The loss of a row with label y and prediction
z is (y - z)² (`mse`), |y - z| (`mae`), Huber's, which is (y - z)²/2 up to `delta` and grows evenly
beyond it, or the pinball loss (Koenker and Bassett, 1978), which is least where z is the quantile
`quantile` of y. With `transform: log1p` the model predicts log(1 + y), and exp(z) - 1 is served, so
that large labels do not outweigh all others. A head of a probability is a number from 0 to 1.

    tasks {
        rent  : regression
        price : regression(transform: log1p, metrics: [r2, mae])
        delay : regression(loss: quantile, quantile: 0.9, label: seconds / 60)
    }
"""

from typing import Literal, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Meaning
from mtlspec.words.tasks import Likelihood, Task, TaskOptions
from mtlspec.words.word import Options


class RegressionOptions(TaskOptions):
    """`loss` is that of a row. `delta` is where Huber's loss, `huber`, turns. `quantile` is what
    the pinball loss predicts. `transform` is what the model predicts of the label.
    """

    loss: Literal["mse", "mae", "huber", "quantile"] = "mse"
    delta: float = Field(default=1.0, gt=0)
    quantile: float = Field(default=0.5, gt=0, lt=1)
    transform: Literal["log1p"] | None = None


_FUNCTIONS = {
    "mse": "squared_error",
    "mae": "absolute_error",
    "huber": "huber_error",
    "quantile": "pinball_error",
}


class Regression(Task):
    """A number."""

    also = (
        *("number", "mse", "float", "real", "continuous"),
        *("mean_squared_error", "mse_loss", "squared_error", "l1_loss", "huber", "huber_loss"),
    )
    takes_options = RegressionOptions
    answer = "number"
    meaning = "plain"
    takes = frozenset({"prob"})
    metrics = ("r2", "rmse")

    def likelihood(self, options: Options) -> Likelihood:
        return "gaussian" if _read(options).loss == "mse" else "categorical"

    def outputs(self, options: Options) -> int:
        del options
        return 1

    def functions(self, options: Options, meaning: Meaning) -> tuple[str, ...]:
        del meaning
        return (_FUNCTIONS[_read(options).loss],)

    def write_error(
        self, options: Options, meaning: Meaning, prediction: py.Expr, label: py.Expr
    ) -> py.Expr:
        read = _read(options)
        given = {"huber": {"delta": read.delta}, "quantile": {"quantile": read.quantile}}
        if read.transform == "log1p":
            label = py.call("torch.log1p", label)
        (function,) = self.functions(options, meaning)
        named = {name: py.Constant(value) for name, value in given.get(read.loss, {}).items()}
        return py.call(function, prediction, label, **named)

    def write_served(self, options: Options, meaning: Meaning, prediction: py.Expr) -> py.Expr:
        del meaning
        return py.call("torch.expm1", prediction) if _read(options).transform else prediction


def _read(options: Options) -> RegressionOptions:
    return cast("RegressionOptions", options)


WORD = Regression()
