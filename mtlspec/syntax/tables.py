"""The parser's LALR tables: built from the grammar once, kept as JSON, loaded at each start.

Building takes longer than all the rest of `check`, so a wheel carries the tables. The wheel's
build hook loads this file by its path: it imports the standard library and Lark, nothing else.
The JSON is that of `Lark.save` without its pickle, and the same bytes for the same grammar.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias, cast

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Action: TypeAlias = "tuple[int, int | dict[str, int]]"
States: TypeAlias = "dict[int, dict[int, Action]]"

if TYPE_CHECKING:
    from typing import TypedDict

    class ParseTable(TypedDict):
        """Lark's own form of the tables; an action is (0, next state) or (1, rule)."""

        tokens: dict[int, str]
        states: States
        start_states: dict[str, int]
        end_states: dict[str, int]


START = ("file", "value")


def build(grammar_text: str) -> str:
    """The tables of a grammar as JSON text."""
    data, memo = _from_grammar(grammar_text).memo_serialize([TerminalDef, Rule])  # pyright: ignore[reportUnknownMemberType]
    parser = cast("dict[str, ParseTable]", data["parser"])
    parser["parser"] = _in_canonical_order(parser["parser"])
    tables = {
        "lark": lark.__version__,
        "grammar": _digest(grammar_text),
        "data": data,
        "memo": memo,
    }
    return json.dumps(tables, separators=(",", ":"), sort_keys=True)


def load(tables_text: str | None, grammar_text: str) -> Lark:
    """The parser of a grammar, without building a table if `tables_text` holds them.

    Tables of another grammar or another Lark are not used: the parser is then built, as it is when
    there are none.
    """
    tables = json.loads(tables_text) if tables_text else None
    if (
        not tables
        or tables["grammar"] != _digest(grammar_text)
        or tables["lark"] != lark.__version__
    ):
        return _from_grammar(grammar_text)
    table = tables["data"]["parser"]["parser"]
    table["tokens"] = _with_int_keys(table["tokens"])
    table["states"] = {int(k): _with_int_keys(v) for k, v in table["states"].items()}
    return Lark._load_from_dict(tables["data"], _with_int_keys(tables["memo"]))  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]


def _from_grammar(grammar_text: str) -> Lark:
    return Lark(
        grammar_text,
        parser="lalr",
        lexer="basic",
        start=list(START),
        propagate_positions=True,
        maybe_placeholders=True,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _with_int_keys(mapping: dict[str, Json]) -> dict[int, Json]:
    """JSON has no numbers as keys; Lark's tables have nothing else."""
    return {int(key): value for key, value in mapping.items()}


def _in_canonical_order(table: ParseTable) -> ParseTable:
    """The same table with tokens in the order of their names and states in that of a walk from the
    starts; Lark's own order differs from run to run.
    """
    names = sorted(table["tokens"].values())
    token = {old: names.index(name) for old, name in table["tokens"].items()}
    number = {old: new for new, old in enumerate(_walk(table))}

    def renumbered(action: Action) -> Action:
        kind, argument = action
        return (kind, number[argument] if isinstance(argument, int) else argument)

    states = {
        number[old]: {token[t]: renumbered(a) for t, a in actions.items()}
        for old, actions in table["states"].items()
    }
    return {
        "tokens": dict(enumerate(names)),
        "states": {state: dict(sorted(states[state].items())) for state in sorted(states)},
        "start_states": {start: number[s] for start, s in table["start_states"].items()},
        "end_states": {start: number[s] for start, s in table["end_states"].items()},
    }


def _walk(table: ParseTable) -> Iterator[int]:
    """Every state once, the starts first, then those that they lead to in the order of tokens."""
    queue = [*table["start_states"].values()]
    seen = set(queue)
    for state in queue:
        yield state
        for token in sorted(table["states"][state], key=lambda t: table["tokens"][t]):
            argument = table["states"][state][token][1]
            if isinstance(argument, int) and argument not in seen:
                seen.add(argument)
                queue.append(argument)
