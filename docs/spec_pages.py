"""What the pages of `docs/specs` say of each file of `specs/`, and the tables of all of them.

A page is written by hand: what the system is, its equations, what to expect of it. The spec, its
params, its weights and what they learn from are written from the spec, between two comments. The
sentence under a page's heading is its line in the tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from markdown_parts import Rows, code, table

from mtlspec.cli.check import check_one
from mtlspec.cli.output import count
from mtlspec.files import read_text
from mtlspec.graph.graph import Graph
from mtlspec.graph.node import Held, Node, Statement
from mtlspec.graph.sharing import tasks_of
from mtlspec.pipeline import run
from mtlspec.source import Span
from mtlspec.syntax import tree

FAMILIES = {
    "Hard sharing": ("single_task", "hard_sharing", "customized", "asymmetric"),
    "Soft sharing, layer by layer": ("cross_stitch", "sluice", "learnable_alpha", "mtan"),
    "Soft sharing by what weights cost or are made of": (
        "mean_constraint",
        "joint_features",
        "trace_norm",
        "tensor_laf",
        "tensor_tucker",
    ),
    "Mixtures of experts": (
        "omoe",
        "mmoe",
        "ml_mmoe",
        "cgc",
        "ple",
        "ple_component",
        "adatt",
        "dcn_mmoe",
        "home",
    ),
    "Mixtures that choose": (
        "sparse_moe",
        "dselect_k",
        "dselect_k_example",
        "snr_aver",
        "snr_trans",
    ),
    "Chains of tasks": ("esmm", "aitm"),
    "Embeddings and gates on them": ("stem", "pepnet"),
    "Values": ("ziln",),
}
"""The specs by what they share and how, each family in the order in which to read it."""

BASE = "hard_sharing"
"""What every other spec over the same schema is measured by."""

BEGIN = "<!-- Written by docs/generate.py from the spec: `make docs`. -->"
END = "<!-- The end of what is written. -->"
_WRITTEN = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
_INDICES = r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]"

_HOW_TO_READ = "index.md#how-to-read-a-pages-tables"

Read = Callable[[Path], str]
"""The text of a page as it is, empty where there is none."""


def spec_pages(root: Path, read: Read) -> Iterator[tuple[Path, str]]:
    """The path and the text of each page, its written part anew."""
    docs, specs = root / "docs" / "specs", root / "specs"
    pages: dict[str, str] = {}
    for path in sorted(specs.glob("*.mtl")):
        page = docs / f"{path.stem}.md"
        pages[path.stem] = read(page)
        yield page, _fill(pages[path.stem] or f"# {path.stem}\n", _about(path))
    index, readme = docs / "index.md", specs / "README.md"
    yield index, _fill(read(index), _overview(specs, pages))
    yield readme, _fill(read(readme), _list(pages))


def _fill(page: str, blocks: Iterator[str]) -> str:
    """The page with its written part replaced, or added where it has none."""
    part = "\n\n".join([BEGIN, *blocks, END])
    found = _WRITTEN.search(page)
    if found is None:
        return f"{page.rstrip()}\n\n{part}\n"
    return page[: found.start()] + part + page[found.end() :]


# --- the page of a spec --------------------------------------------------------------------------


def _about(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield "## The spec"
    yield f"```mtl\n{text}```"
    shown = f"specs/{path.name}"
    answer = "\n".join(check_one(str(path), {}, None).answer(path.name, verbose=False))
    yield f"```console\n$ mtlspec check {shown}\n{answer}\n```"
    outcome = run(str(path), read=read_text, upto="graph")
    assert outcome.program is not None
    assert outcome.graph is not None, f"{shown} has errors"
    params = [list(_param(param)) for param in outcome.program.params]
    if params:
        yield "What `--set` may change:"
        yield table(*_without_empty(("param", "default", "domain", "what it is"), params))
    yield f"What owns weights, and of how many tasks it learns ([how to read it]({_HOW_TO_READ})):"
    yield table(
        ("statement", "members", "one gives", "matrices of one", "numbers in all", "learns from"),
        list(_statements(outcome.graph)),
    )


def _without_empty(header: Sequence[str], rows: Rows) -> tuple[Sequence[str], Rows]:
    """A table without the columns that nothing stands in."""
    kept = [n for n in range(len(header)) if any(row[n] for row in rows)]
    return [header[n] for n in kept], [[row[n] for n in kept] for row in rows]


def _param(param: tree.Param) -> Iterator[str]:
    yield code(param.name.name)
    yield code(param.value.span.text)
    yield code(param.domain.span.text) if param.domain else ""
    yield _comment_of(param.span)


def _comment_of(span: Span) -> str:
    """What stands behind a statement on its last line."""
    rest = span.file.text[span.stop :].partition("\n")[0]
    return rest.partition("#")[2].strip()


def _statements(graph: Graph) -> Iterator[Sequence[str]]:
    """A row for each statement that owns weights, in the order of the spec."""
    learns = tasks_of(graph)
    nodes = sorted(graph.built(), key=lambda node: node.site.statement.order)
    for statement, found in groupby(nodes, key=lambda node: node.site.statement):
        members: dict[tuple[str | int, ...], list[Node]] = {}
        for node in found:
            members.setdefault(node.site.index, []).append(node)
        if any(node.parameters for member in members.values() for node in member):
            yield _row(statement, list(members.values()), graph, learns)


def _row(
    statement: Statement,
    members: Sequence[Sequence[Node]],
    graph: Graph,
    learns: Mapping[str, frozenset[str]],
) -> Sequence[str]:
    first = members[0]
    moved = [frozenset[str]().union(*(learns[n.key] for n in m if n.parameters)) for m in members]
    numbers = graph.learned(node for member in members for node in member)
    return (
        code(_left(statement)),
        str(len(members)),
        "" if isinstance(first[-1].role, Held) else code(str(first[-1].type)),
        _matrices(first),
        f"{numbers:,}",
        _tasks({len(tasks) for tasks in moved}, len(graph.tasks)),
    )


def _left(statement: Statement) -> str:
    """`1: expert mine[task, own]`: the left of a statement, in a repeat behind the iteration."""
    outer = [caller.statement for caller in statement.callers()]
    iteration = ".".join(map(str, next((s.iteration for s in (*outer, statement)), ())))
    text = " ".join(statement.span.text.split())
    found = re.search(rf"\b{re.escape(statement.name)}({_INDICES})?(?=,| [=:]| <-)", text)
    keyword = "" if statement.name == statement.keyword else f"{statement.keyword} "
    left = keyword + (found[0] if found else statement.name)
    return f"{iteration}: {left}" if iteration else left


def _matrices(member: Sequence[Node]) -> str:
    """The shapes of what a member owns, biases left out beside matrices; tables are counted."""
    owned = [p for node in member for p in node.parameters]
    tables = sum(p.rows_of is not None for p in owned)
    others = [p for p in owned if p.rows_of is None]
    shown = [p for p in others if p.matrix] or others
    shapes = [code(f"[{', '.join(map(str, p.shape))}]") for p in shown]
    return " ".join([*shapes, *([count(tables, "table")] if tables else [])])


def _tasks(counts: set[int], tasks: int) -> str:
    """Of how many tasks the losses move a member."""
    said = {0: "no task", 1: "one task", tasks: "all tasks"}
    return " or ".join(said.get(number, f"{number} tasks") for number in sorted(counts))


# --- the tables of all specs ---------------------------------------------------------------------


def _overview(specs: Path, pages: Mapping[str, str]) -> Iterator[str]:
    counts = {name: _parameters(specs / f"{name}.mtl") for name in pages}
    for family, names in _families(pages):
        yield f"## {family}"
        rows = [
            [f"[`{name}`]({name}.md)", _summary(pages[name]), *_cost(specs, name, counts)]
            for name in names
        ]
        yield table(("spec", "what it is", "parameters", "of hard sharing's"), rows)


def _list(pages: Mapping[str, str]) -> Iterator[str]:
    for family, names in _families(pages):
        yield f"### {family}"
        rows = [[f"[`{n}.mtl`](../docs/specs/{n}.md)", _summary(pages[n])] for n in names]
        yield table(("file", "system"), rows)


def _families(pages: Mapping[str, str]) -> Iterator[tuple[str, Sequence[str]]]:
    for family, names in FAMILIES.items():
        there = [name for name in names if name in pages]
        if there:
            yield family, there


def _summary(page: str) -> str:
    """The sentence under the heading, without its full stop."""
    _, _, rest = page.partition("\n\n")
    return " ".join(rest.partition("\n\n")[0].split()).removesuffix(".")


def _parameters(path: Path) -> int:
    return check_one(str(path), {}, None).facts["parameter"]


def _cost(specs: Path, name: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield f"{counts[name]:,}"
    schema = '"schemas/census.mtl"'
    alike = schema in (specs / f"{name}.mtl").read_text(encoding="utf-8")
    yield f"{counts[name] / counts[BASE]:.1f} ×" if alike else "–"
