"""`mtlspec explain`: the pages of errors and words."""

import re
from pathlib import Path

import pytest

import mtlspec as package
from mtlspec import pipeline, resources
from mtlspec.cli.explain import error_pages
from mtlspec.cli.pages import refill
from mtlspec.cli.taken import option_names, show_choice, show_option, takers
from mtlspec.files import read_text
from mtlspec.graph.calls.call import FUNCTIONS
from mtlspec.syntax.keywords import all_words, page_of
from mtlspec.words import registry
from tests.cli.conftest import RunCommand
from tests.docs.pages import HERE, PREAMBLES

CODES = [page.id for page in error_pages()]


def test_every_page_has_an_id_of_its_own() -> None:
    assert len(set(CODES)) == len(CODES)


def test_every_id_in_the_source_has_a_page() -> None:
    sources = Path(package.__file__).parent.rglob("*.py")
    given = {
        code
        for path in sources
        for code in re.findall(r'"(MTL\d{4})"', path.read_text(encoding="utf-8"))
    }
    assert given <= set(CODES)


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("MTL")])
def test_the_page_of_an_error_says_what_to_write_instead(code: str) -> None:
    text = next(page.text for page in error_pages() if page.id == code)
    for part in ("What it means:", "Instead", "Why:"):
        assert part in text


def test_a_code_is_explained(mtlspec: RunCommand) -> None:
    ran = mtlspec("explain", "MTL0205")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "MTL0205: a file that is used must be readable\n"
        "\n"
        "What it means: the path, taken relative to the file that uses it, leads to\n"
        "nothing that can be read as UTF-8 text.\n"
        "\n"
        "Example:\n"
        '    use "schema/census.mtl"        # the folder is called `schemas`\n'
        "\n"
        "Instead:\n"
        '    use "schemas/census.mtl"\n'
        "\n"
        'Why: `use` takes in whole files; `"mtl:…"` reaches the specs that come with\n'
        "mtlspec.\n"
    )


def test_a_code_may_be_typed_small(mtlspec: RunCommand) -> None:
    assert mtlspec("explain", "mtl0205").out == mtlspec("explain", "MTL0205").out


def test_a_word_is_explained_with_its_options(mtlspec: RunCommand) -> None:
    ran = mtlspec("explain", "sgd")
    assert (ran.code, ran.err) == (0, "")
    assert "Options of `sgd`:\n" in ran.out
    assert re.search(r"^    lr +0\.01? +float, > 0$|^    lr ", ran.out, re.MULTILINE)
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize(
    "name", sorted({name for kind in registry.kinds() for name in registry.names(kind)})
)
def test_every_word_has_a_page(mtlspec: RunCommand, name: str) -> None:
    ran = mtlspec("explain", name)
    assert ran.code == 0
    assert ran.out.strip()


def test_prose_is_filled_and_code_is_kept() -> None:
    text = "one two\nthree\n\nExample:\n    a  <-  b\n\n- item\n- item"
    assert refill(text, 10) == "one two\nthree\n\nExample:\n    a  <-  b\n\n- item\n- item"
    assert refill(text, 80).startswith("one two three\n\n")


# --- reserved words and signs ------------------------------------------------------------------


def test_every_reserved_word_has_a_page() -> None:
    grammar = resources.grammar_text()
    reserved = set(re.findall(r'(?<!\()"([a-z]+)"', re.sub(r"//.*", "", grammar)))
    assert len(reserved) > 30
    assert reserved - set(all_words()) == set()


def test_what_looks_like_an_op_has_a_page() -> None:
    assert set(FUNCTIONS) <= set(all_words())


@pytest.mark.parametrize("word", all_words())
def test_a_page_of_a_reserved_word_begins_as_those_of_other_words(
    mtlspec: RunCommand, word: str
) -> None:
    ran = mtlspec("explain", word)
    assert ran.code == 0
    assert ran.out.startswith(f"`{word}`: ")
    assert "\nExample:\n    " in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


SURROUNDINGS = [
    (PREAMBLES / f"{name}.mtl").read_text(encoding="utf-8").partition(HERE)
    for name in ("statements", "model", "schema")
]


@pytest.mark.parametrize("word", all_words())
def test_the_example_of_a_reserved_word_is_a_correct_spec(word: str) -> None:
    """In one of the surroundings of the docs; parts that are not built yet may be refused."""
    example = (page_of(word) or "").partition("Example:\n")[2]
    wholes = [before + example + after for before, _, after in SURROUNDINGS]
    assert any(_is_correct(whole) for whole in [*wholes, example])


def _is_correct(text: str) -> bool:
    def read(path: str) -> str:
        return text if path == "a.mtl" else read_text(path)

    errors = pipeline.run("a.mtl", read=read, upto="graph").report.errors
    not_built_or_a_part = {"MTL0214", "MTL0212"}
    return {error.id for error in errors} <= not_built_or_a_part


def test_a_gate_is_explained_with_its_options(mtlspec: RunCommand) -> None:
    assert "Options of `gate`:\n    router  softmax" in mtlspec("explain", "gate").out


def test_a_kind_is_explained_by_its_words(mtlspec: RunCommand) -> None:
    out = mtlspec("explain", "routers").out
    assert out.startswith("The routers:\n")
    assert re.search(r"^    softmax +coefficients that", out, re.MULTILINE)


# --- options -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", option_names())
def test_an_option_and_what_it_offers_have_a_page(name: str) -> None:
    pages = [page for page in (show_option(name), show_choice(name)) if page]
    assert pages
    for page in pages:
        head, rows, *said = page.split("\n\n")
        assert head.startswith(f"`{name}")
        assert rows.startswith("    ")
        assert said, "no page says what it is"
        assert max(map(len, page.splitlines())) <= 80


def test_whoever_takes_an_option_says_what_it_is() -> None:
    silent = {
        (taker.name, name)
        for taker in takers()
        for name in taker.options.spelled()
        if not taker.sentences(name)
    }
    assert silent == set()


def test_an_option_is_explained_with_all_that_take_it(mtlspec: RunCommand) -> None:
    assert mtlspec("explain", "lr").out.startswith(
        "`lr:` is an option of\n"
        "\n"
        "    all optimisers                    0.001  float, > 0\n"
        "    gradnorm, uncertainty             0.01   float, > 0\n"
    )


def test_what_an_option_offers_is_explained(mtlspec: RunCommand) -> None:
    assert mtlspec("explain", "prox").out == (
        "`prox` is a value of\n"
        "\n"
        "    l1, l21, trace_norm  `method:`\n"
        "\n"
        "`method`: `gradient` adds the penalty to the objective; `prox` takes a proximal\n"
        "step after the optimiser's instead, which reaches exact zeros.\n"
    )


def test_a_word_that_is_an_op_and_an_option_is_explained_as_both(mtlspec: RunCommand) -> None:
    out = mtlspec("explain", "last").out
    assert "`last`: the last token of a row." in out
    assert "`last:` is an option of" in out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mising", "missing"),
        ("patiense", "patience"),
        ("cosin", "cosine"),
        ("learning_rate", "lr"),
        ("two_tower", "retrieval"),
    ],
)
def test_a_misspelt_word_is_suggested(mtlspec: RunCommand, typed: str, meant: str) -> None:
    assert f"did you mean `{meant}`?" in mtlspec("explain", typed).err


@pytest.mark.parametrize(
    ("sign", "word"), [("+", "`+`: x + y"), ("*", "`*`: x * y"), ("-", "`-`: x - y")]
)
def test_a_sign_of_arithmetic_is_explained(mtlspec: RunCommand, sign: str, word: str) -> None:
    out = mtlspec("explain", sign).out
    assert word in out
    assert "Options" not in out


def test_what_is_not_built_yet_is_said_to_be(mtlspec: RunCommand) -> None:
    said = "`pcgrad`, of the balance methods of edition 1, is not built by this version.\n"
    assert mtlspec("explain", "pcgrad").out == said
