"""What a shipped spec offers for its params is what it takes: the ends of every domain."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mtlspec import pipeline
from mtlspec.diagnostics import Diagnostic
from mtlspec.files import read_text
from mtlspec.syntax import tree

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.mtl"))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_a_spec_takes_both_ends_of_each_domain(spec: Path) -> None:
    outcome = pipeline.run(str(spec), read=read_text, upto="tree")
    assert outcome.program is not None
    refused = [
        (param.name.name, text, found.headline())
        for param in outcome.program.params
        for text in _ends(param.domain)
        for found in _said(spec, param.name.name, text)
    ]
    assert refused == []


def _said(spec: Path, name: str, text: str) -> list[Diagnostic]:
    found = pipeline.run(str(spec), read=read_text, overlays={name: text}, upto="graph").report
    return [d for d in found.found if d.severity == "error" or d.id == "outside-domain"]


def _ends(domain: object) -> Iterator[str]:
    """The values at the ends of a domain, or all that it lists, as text."""
    match domain:
        case tree.Range(start=tree.Node() as first, stop=tree.Node() as last):
            yield from (first.span.text, last.span.text)
        case tree.Choices(items=items):
            yield from (item.span.text for item in items)
        case tree.Call(args=args):
            yield from (end for arg in args for end in _ends(arg.value))
        case _:
            return
