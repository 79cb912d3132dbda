"""What must hold of a module before it is trained."""

from torch import nn

from mtlspec.diagnostics import Error, SpecError


def refuse_nothing_to_learn(module: nn.Module, spec: str) -> None:
    """Raises `SpecError` for a module without a weight that may move."""
    if not any(parameter.requires_grad for parameter in module.parameters()):
        raise SpecError([NothingToLearn(spec)])


class NothingToLearn(Error):
    """A model that is trained learns something.

    What it means: the model has no weights, or all of them are frozen.

    Example:
        head[click] = logit(age -> linear(1, frozen: yes))

    Instead:
        head[click] = logit(age -> linear(1))

    Why: a step of the optimiser would move nothing, and all epochs would be the same.
    """

    id = "MTL0323"
    title = "a model that is trained learns something"
    spec: str

    def place(self) -> str:
        return self.spec

    def help(self) -> str:
        return "leave `frozen: yes` out somewhere, or give the model a `layer`"
