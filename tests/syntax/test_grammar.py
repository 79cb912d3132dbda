"""The grammar is LALR(1) without a conflict and takes in what it should."""

from __future__ import annotations

import logging
from pathlib import Path

import lark
import pytest
from lark import Lark

from mtlspec import resources
from mtlspec.syntax import parse_file
from mtlspec.syntax.tables import START
from tests.syntax.specs import DESIGNED, OWN, VALID, needs_zoo, parameters, read


def test_no_two_rules_compete_for_a_token(caplog: pytest.LogCaptureFixture) -> None:
    lark.logger.addHandler(caplog.handler)
    level = lark.logger.level
    lark.logger.setLevel(logging.DEBUG)
    try:
        # a reduce/reduce conflict raises; a shift/reduce conflict is logged where `debug` is set
        Lark(resources.grammar_text(), parser="lalr", lexer="basic", start=list(START), debug=True)
    finally:
        lark.logger.setLevel(level)
        lark.logger.removeHandler(caplog.handler)
    assert "conflict" not in caplog.text.lower()


def test_a_conflict_would_be_seen(caplog: pytest.LogCaptureFixture) -> None:
    lark.logger.addHandler(caplog.handler)
    level = lark.logger.level
    lark.logger.setLevel(logging.DEBUG)
    try:
        Lark('start: start "+" start | "x"', parser="lalr", debug=True)
    finally:
        lark.logger.setLevel(level)
        lark.logger.removeHandler(caplog.handler)
    assert "conflict" in caplog.text.lower()


@pytest.mark.parametrize("path", parameters(OWN, VALID))
def test_a_correct_spec_parses(path: Path) -> None:
    assert parse_file(read(path))[1] == ()


@needs_zoo
@pytest.mark.parametrize("path", parameters(DESIGNED))
def test_the_systems_of_the_literature_parse(path: Path) -> None:
    assert parse_file(read(path))[1] == ()
