"""Identifiers of the emitted file: from names of the spec to names that Python and torch allow."""

import keyword
import re
from collections.abc import Sequence

_TAKEN = """
by_name mix row_mean stacked table weighted_mean
I O l
blend evaluate losses predictions serve terms values
bool dict int list str super
F T_destination Tensor add_module apply batch bfloat16 buffers call_super_init children columns
compile cpu cuda double dump_patches eval extra_repr features float forward get_buffer
get_extra_state get_parameter get_submodule half ipu labels load_state_dict loss modules mtia
named_buffers named_children named_modules named_parameters nn parameters prox
register_backward_hook
register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
register_full_backward_pre_hook register_load_state_dict_post_hook
register_load_state_dict_pre_hook register_module register_parameter
register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ self set_extra_state
set_submodule share_memory state_dict table to to_empty torch train training type xpu zero_grad
"""
RESERVED = frozenset(_TAKEN.split())
"""Attributes of `nn.Module` and names that the emitted file uses itself."""


def identifier(text: str) -> str:
    """A name that may be an attribute of the emitted module."""
    text = re.sub(r"\W+$", "", text, flags=re.ASCII)  # `features[user]` is features_user
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).lstrip("_") or "value"
    if name[0].isdigit():
        name = f"n{name}"
    return f"{name}_" if name in RESERVED or keyword.iskeyword(name) else name


def class_name(text: str) -> str:
    """`mine_1` → `Mine1`."""
    words = re.split(r"[\W_]+", text, flags=re.ASCII)
    name = "".join(word[:1].upper() + word[1:] for word in words if word) or "Value"
    if name[0].isdigit():
        name = f"N{name}"
    clash = name in RESERVED or keyword.iskeyword(name) or name in _CLASSES
    return f"{name}_" if clash else name


_CLASSES = frozenset({"BankLinear", "Columns", "GroupedLinear", "Linears", "Tables", "WideLinear"})


def fresh(name: str, taken: set[str]) -> str:
    """The name, numbered if it is taken; it is taken afterwards."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def listed(texts: Sequence[str]) -> str:
    """`a, b and c`."""
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last


def ranges(names: Sequence[str]) -> list[str]:
    """Names, those of numbers in a row drawn together: `exam[1..139]`."""
    drawn: list[tuple[str, list[int]]] = []
    for name in names:
        match = re.fullmatch(r"(\w+)\[(\d+)\]", name)
        lead, number = (match[1], int(match[2])) if match else (name, None)
        if number is None:
            drawn.append((lead, []))
        elif drawn and drawn[-1][0] == lead and drawn[-1][1][-1:] == [number - 1]:
            drawn[-1][1].append(number)
        else:
            drawn.append((lead, [number]))
    return [_drawn(lead, numbers) for lead, numbers in drawn]


def _drawn(lead: str, numbers: Sequence[int]) -> str:
    if not numbers:
        return lead
    first, last = numbers[0], numbers[-1]
    return f"{lead}[{first}]" if first == last else f"{lead}[{first}..{last}]"
