"""`trace_norm`: the sum of singular values."""

from mtlspec import pysource as py
from mtlspec.words.losses import Joint, ProximalOptions


class TraceNorm(Joint):
    """Σσᵢ of matrices side by side: all lie in a space of few dimensions.

    Pong et al., SIAM Journal on Optimization 2010; Yang and Hospedales, ICLR 2017 workshop. Its
    gradient is UVᵀ of the singular value decomposition UΣVᵀ, which never makes a rank exact;
    `method: prox` lessens each singular value by the step, down to 0 (Cai, Candès and Shen 2010).

    Example:
        loss low_rank = 0.001 * trace_norm(weights(h))
    """

    takes_options = ProximalOptions
    prox_functions = ("lessen_rank",)

    def joint(self, matrix: py.Expr) -> py.Expr:
        singular = py.Attribute(py.call("torch.svd", matrix), "S")
        return py.call("torch.sum", singular, dim=py.Constant(-1))

    def write_prox(self, array: py.Expr, step: py.Expr) -> py.Expr:
        return py.call("lessen_rank", array, step)


WORD = TraceNorm()
