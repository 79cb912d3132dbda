"""What arrays begin with, as statements of the class that owns them."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from mtlspec import pysource as py
from mtlspec.words.initialisers import Initialiser, Parameter
from mtlspec.words.word import Bound


def array_statements(
    name: str, initial: Sequence[Parameter], *, stacked: bool
) -> tuple[py.Stmt, ...]:
    """Statements that make a parameter with what it begins with, one entry a member."""
    first = initial[0]
    own = py.Name(f"self.{name}")
    if _is_given(first):
        return _begin_with_numbers(own, initial, stacked=stacked)
    sizes = (len(initial), *first.shape) if stacked else first.shape
    if _is_stored(first):
        zeros = py.call("torch.zeros", *map(py.Constant, sizes))
        return (py.Assign(own, _parameter(zeros, first)),)
    made = _parameter(py.call("torch.empty", *map(py.Constant, sizes)), first)
    return py.Assign(own, made), _filled(own, first, stacked=stacked)


def _parameter(value: py.Expr, parameter: Parameter) -> py.Expr:
    frozen = {"requires_grad": py.Constant(False)} if parameter.frozen else {}
    return py.call("nn.Parameter", value, **frozen)


def begin_statements(
    layer: py.Expr,
    owned: Sequence[Sequence[Parameter]],
    usual: Callable[[Parameter], Bound],
    *,
    stacked: bool,
) -> Iterator[py.Stmt]:
    """Statements for what begins otherwise than its layer's class has it, one entry a member."""
    for initial in zip(*owned, strict=True):
        first: Parameter = initial[0]
        own = py.Attribute(layer, first.name)
        if first.initial == usual(first) or _is_stored(first):
            continue
        if not _is_given(first):
            yield _filled(_typed(layer, first.name), first, stacked=stacked)
        else:
            yield from _begin_with_numbers(own, initial, stacked=stacked)


def _typed(layer: py.Expr, name: str) -> py.Expr:
    """A parameter of a layer; of one in a `ModuleList` no type checker knows the attributes."""
    if isinstance(layer, py.Subscript):
        return py.method(layer, "get_parameter", py.Constant(name))
    return py.Attribute(layer, name)


def freeze_statements(
    modules: Iterable[py.Expr], owned: Sequence[Sequence[Parameter]]
) -> Iterator[py.Stmt]:
    """Statements for modules whose weights stay as they begin."""
    if owned and any(parameter.frozen for parameter in owned[0]):
        for module in modules:
            yield py.Do(py.method(module, "requires_grad_", py.Constant(False)))


def own_functions(parameters: Iterable[Parameter]) -> Iterator[tuple[str, str]]:
    """The functions of words that parameters begin with: module and name."""
    for word in (parameter.initial.word for parameter in parameters):
        if isinstance(word, Initialiser) and word.own:
            yield word.module, word.function


def _is_stored(parameter: Parameter) -> bool:
    """Whether a parameter begins as a file has it, which is read once its module is made."""
    word = parameter.initial.word
    assert isinstance(word, Initialiser)
    return word.stored


def _is_given(parameter: Parameter) -> bool:
    """Whether a parameter begins with known numbers, and is not drawn."""
    word = parameter.initial.word
    assert isinstance(word, Initialiser)
    return word.given


def _begin_with_numbers(
    own: py.Expr, initial: Sequence[Parameter], *, stacked: bool
) -> tuple[py.Stmt, ...]:
    first = initial[0]
    word = first.initial.word
    assert isinstance(word, Initialiser)
    members = [parameter.initial.options for parameter in initial]
    start = word.write(members, first.shape, stacked=stacked)
    assert start is not None
    return tuple(start.statements(lambda whole: py.Assign(own, _parameter(whole, first))))


def _filled(own: py.Expr, first: Parameter, *, stacked: bool) -> py.Stmt:
    """An array drawn; one member at a time where its shape counts."""
    word = first.initial.word
    assert isinstance(word, Initialiser)
    arguments = word.arguments(first.initial.options, first.fan_in)
    named = {key: py.Constant(value) for key, value in arguments.items()}
    one = py.Name("member") if word.by_shape and stacked else own
    function = word.function if word.own else f"nn.init.{word.function}"
    fill = py.Do(py.call(function, one, **named))
    return py.For("member", own, (fill,)) if one is not own else fill
