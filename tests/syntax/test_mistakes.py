"""Each human mistake has an error of its own, at its place."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest

from mtlspec.diagnostics import Diagnostic, catalogue
from mtlspec.source import SourceFile
from mtlspec.syntax import parse_file, parse_value
from tests.syntax.specs import in_model


def errors(text: str) -> tuple[Diagnostic, ...]:
    return parse_file(SourceFile("a.mtl", text))[1]


def place(error: Diagnostic) -> str:
    assert error.primary is not None
    return f"{error.primary.span.line}:{error.primary.span.column}"


IN_A_MODEL = [
    # the statement, the code, the column, what is said
    ("gate g[task] = a, b", "MTL0126", 20, "this gate has no `by`"),
    ("gate g[task] = a, b s", "MTL0126", 21, "this gate has no `by`"),
    ("gate g = a, by s", "MTL0125", 11, "a trailing comma stands inside brackets only"),
    ("gate g = by s", "MTL0123", 10, "a value is missing after `=`"),
    ("layer h features -> mlp(64)", "MTL0121", 9, "`layer` needs a `=` after the name"),
    ("layer h", "MTL0121", 8, "`layer` needs a `=` after the name"),
    ("let a == b", "MTL0121", 7, "`let` takes `=`, not `==`"),
    ("let a : b", "MTL0121", 7, "`let` takes `=`, not `:`"),
    ("head[task] h", "MTL0121", 12, "`head` needs a `=` after the name"),
    ("stream h <- features", "MTL0122", 10, "`stream` takes `=`, not `<-`"),
    ("expert e[task] <- x", "MTL0122", 16, "`expert` takes `=`, not `<-`"),
    ("expret mine[task] = x", "MTL0117", 1, "`expret` does not start a statement"),
    ("h[task] = x", "MTL0117", 1, "`h` does not start a statement"),
    ("layer set = x", "MTL0119", 7, "`set` is a reserved word, not a name"),
    ("let x = a + loss", "MTL0119", 13, "`loss` is a reserved word, not a name"),
    ("layer = x", "MTL0120", 7, "a name is missing after `layer`"),
    ("let a, = b", "MTL0120", 8, "a name is missing after `,`"),
    ("let x = mlp(64, 32", "MTL0110", 12, "`(` is not closed"),
    ("gate g[task = a by b", "MTL0110", 7, "`[` is not closed"),
    ("set s = {a, b", "MTL0110", 9, "`{` is not closed"),
    ("let x = (a]", "MTL0111", 11, "`]` does not close `(`"),
    ("let x = mlp 64)", "MTL0111", 15, "`)` closes nothing"),
    ("let x = a[]", "MTL0112", 10, "an index holds at least one entry"),
    ("set s = {}", "MTL0112", 9, "a set holds at least one entry"),
    ("let a =", "MTL0123", 8, "a value is missing after `=`"),
    ("let a = b ->", "MTL0123", 13, "a value is missing after `->`"),
    ("let a = f(b,, c)", "MTL0123", 13, "a value is missing after `,`"),
    ("let a = b ** c", "MTL0102", 11, "`**` is not a sign of the language"),
    ("let a = mlp(64 32)", "MTL0124", 16, "a sign is missing before `32`"),
    ("let a = b,", "MTL0125", 10, "a trailing comma stands inside brackets only"),
    ("require 1 < a < 3", "MTL0131", 15, "comparisons do not chain"),
    ("let a = 1..2", "MTL0132", 10, "a range is not a value"),
    ("weight w = zeros", "MTL0151", 10, "the weight `w` has no type"),
    ("layer h = x by y", "MTL0101", 13, "`by` cannot stand here"),
    ("head = x", "MTL0138", 5, "this head names no task in brackets"),
    ("head click = x", "MTL0138", 6, "this head names no task in brackets"),
    ("head(click) = x", "MTL0138", 5, "this head names no task in brackets"),
    ("let a = f(b, act=c, d=e)", "MTL0136", 17, "an option takes `:`, not `=`"),
    ("gate(sigmoid, bias=yes) g = a by b", "MTL0136", 19, "an option takes `:`, not `=`"),
    ("let a = f(b, where: c = 1)", "MTL0137", 23, "a comparison takes `==`, not `=`"),
    ("require a = b", "MTL0137", 11, "a comparison takes `==`, not `=`"),
    ("gate g = e[1:3] by s", "MTL0139", 13, "an index has no `:`"),
    ("gate g = e[:] by s", "MTL0139", 12, "an index has no `:`"),
    ("gate g = a, *e by s", "MTL0140", 13, "a family is not unpacked"),
    ("layer a : f32[8] = b", "MTL0141", 9, "`layer` takes no type"),
    ("gate[task] g = a by b", "MTL0142", 5, "an index stands behind the name"),
    ("let a = b - > c", "MTL0143", 11, "`->` has no space within"),
    ("let a < - b", "MTL0143", 7, "`<-` has no space within"),
    ("let a = b if c else d", "MTL0144", 11, "there is no `if` in a value"),
    ("let a = [b for t in task]", "MTL0144", 12, "there is no `for` in a value"),
    ("self.a = b", "MTL0145", 1, "`self.` is no part of a name"),
    ("let a = f({b, c})", "MTL0147", 11, "a value has no `{`"),
    ("set s = (a, b)", "MTL0148", 9, "a set stands in `{ }`"),
    ("let a = b => c", "MTL0102", 11, "`=>` is not a sign of the language"),
    ("let a := b", "MTL0102", 7, "`:=` is not a sign of the language"),
    ("let a = b |> c", "MTL0102", 11, "`|>` is not a sign of the language"),
    ("let a = b or !c", "MTL0102", 14, "`!` is not a sign of the language"),
    ('use "a.mtl"', "MTL0118", 1, "`use` does not stand in a model or a component"),
    ("let x = a @ b", "MTL0102", 11, "`@` is not a sign of the language"),
    ("let x = a → b", "MTL0102", 11, "`→` is not a sign of the language"),
    ("let größe = a", "MTL0102", 5, "`größe` is not a name"),
    ('let x = "abc', "MTL0103", 9, "a text ends on the line where it starts"),
    ("let x = 'abc'", "MTL0104", 9, "a text stands in double quotes"),
    (r'let x = "a\tb"', "MTL0105", 11, r"`\t` is not an escape"),
    ("let x = .5", "MTL0106", 9, "`.5` is not a number"),
    ("let x = 1.", "MTL0106", 9, "`1.` is not a number"),
    ("let x = 64px", "MTL0106", 9, "`64px` is not a number"),
    ("let x = 9223372036854775808", "MTL0107", 9, "this number is too large"),
    ("let x = 1e309", "MTL0107", 9, "this number is too large"),
    ("let x = a // b", "MTL0108", 11, "a comment starts with `#`"),
    ("let x = a;", "MTL0109", 10, "`;` is not a sign of the language"),
]


@pytest.mark.parametrize(("text", "code", "column", "headline"), IN_A_MODEL)
def test_a_mistake_in_a_statement(text: str, code: str, column: int, headline: str) -> None:
    (error,) = errors(in_model(text))
    assert (error.id, place(error), error.headline()) == (code, f"2:{column}", headline)


IN_A_FILE = [
    ("mtl 2", "MTL0129", "1:5", "`2` is not an edition of the language"),
    ('mtl "1"', "MTL0129", "1:5", '`"1"` is not an edition of the language'),
    ("mtl", "MTL0101", "1:4", "this is not complete"),
    ("param x = 3\nmtl 1", "MTL0130", "2:1", "`mtl 1` heads a file, once"),
    ("layer h = x", "MTL0118", "1:1", "`layer` does not stand outside of a model or a component"),
    ("own = 3", "MTL0117", "1:1", "`own` does not start a statement"),
    ("modle m { let a = b }", "MTL0117", "1:1", "`modle` does not start a statement"),
    ("model m {\n  let a = b\n", "MTL0113", "1:9", "the block of `model m` is not closed"),
    ("model m {\n}\n}", "MTL0114", "3:1", "`}` closes nothing"),
    ("model m {{\n}", "MTL0114", "1:10", "`{` opens nothing"),
    ("model m\n  let a = b\n}", "MTL0115", "1:8", "the block of `model m` is not opened"),
    ("model { let a = b }", "MTL0120", "1:7", "a name is missing after `model`"),
    ("use x", "MTL0104", "1:5", "a text stands in double quotes"),
    ("use mtl:a.mtl", "MTL0104", "1:5", "a text stands in double quotes"),
    ("param x", "MTL0121", "1:8", "`param` needs a `=` after the name"),
    ("train { batch = 3 }", "MTL0127", "1:15", "the field `batch` has no `:`"),
    ("tasks {\n a binary\n b : x\n}", "MTL0127", "2:4", "the field `a` has no `:`"),
    ("train { a : 3,\n b : 4 }", "MTL0128", "1:14", "fields are not separated by commas"),
    ("train { a : }", "MTL0123", "1:12", "a value is missing after `:`"),
    ("train { layer h = x }", "MTL0118", "1:9", "`layer` does not stand among fields"),
    ("train:\n    epochs: 3\n", "MTL0115", "1:6", "the block of `train` is not opened"),
    ("model m() {\n}", "MTL0149", "1:8", "`model` has no `()` before its `{`"),
    ("tasks = { a : b }", "MTL0149", "1:7", "`tasks` has no `=` before its `{`"),
    ("train {\n  - epochs: 3\n}", "MTL0146", "2:3", "a field begins with its name"),
    ("param p = 1, 2", "MTL0148", "1:11", "a param has one value"),
    ('use "a.mtl" own: 3', "MTL0150", "1:13", "the params of a used file stand in `( )`"),
]


@pytest.mark.parametrize(("text", "code", "where", "headline"), IN_A_FILE)
def test_a_mistake_in_a_file(text: str, code: str, where: str, headline: str) -> None:
    (error,) = errors(text)
    assert (error.id, place(error), error.headline()) == (code, where, headline)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("expret", "expert"), ("Layer", "layer"), ("stich", "stitch"), ("repaet", "repeat")],
)
def test_a_misspelt_word_is_recognised(word: str, meant: str) -> None:
    (error,) = errors(in_model(f"{word} x = y"))
    assert error.labels()[0].text == f"did you mean `{meant}`?"
    fix = error.fix()
    assert fix is not None
    assert (fix.span.text, fix.replacement) == (word, meant)


def test_an_unclosed_bracket_shows_where_its_partner_is_missing() -> None:
    (error,) = errors(in_model("gate g <- mine[task, ours by h"))
    assert [(label.span.text, label.text) for label in error.labels()] == [
        ("[", "opened here"),
        ("by", "`]` is missing before this"),
    ]


def test_a_mark_says_what_could_stand_there() -> None:
    (error,) = errors(in_model("let x = y by z"))
    assert error.labels()[0].text == "expected `->`, `,`, an operator or the next statement"


@pytest.mark.parametrize(
    ("text", "code", "mark"),
    [
        ("3 4", "MTL0133", "expected the end"),
        ("", "MTL0134", "expected a value"),
        ("# nothing", "MTL0134", "expected a value"),
        ("[1, 2", "MTL0110", "opened here"),
        ("layer", "MTL0101", "expected a value"),
        ("1 ..", "MTL0123", "expected a value, found the end"),
        ("a ->", "MTL0123", "expected a value, found the end"),
        ("'x'", "MTL0104", 'write `"x"`'),
        ("((((((((((" * 20 + "a" + "))))))))))" * 20, "MTL0116", "100 brackets"),
    ],
)
def test_a_mistake_in_a_value_from_outside(text: str, code: str, mark: str) -> None:
    value, found = parse_value(SourceFile("--set x", text))
    assert [error.id for error in found] == [code]
    assert found[0].labels()[0].text.startswith(mark)
    assert value is None or code == "MTL0104"


# --- explain pages -------------------------------------------------------------------------------

SYNTAX_ERRORS = {id: cls for id, cls in sorted(catalogue().items()) if id.startswith("MTL01")}
NOT_IN_A_FILE = {"MTL0116", "MTL0133", "MTL0134", "MTL0135"}
SURROUNDINGS = ("%s", "model m {\n%s\n}", "train {\n%s\n}")


def section(page: str, name: str) -> str:
    found = re.search(rf"^{name}:(.*?)(?=^[A-Z][\w ]*:|\Z)", page, re.DOTALL | re.MULTILINE)
    assert found, f"the page has no `{name}`"
    return dedent(found[1].strip("\n"))


def page_of(cls: type[Diagnostic]) -> str:
    first, _, rest = (cls.__doc__ or "").partition("\n")
    return f"{first}\n{dedent(rest)}"


def test_codes_are_given_once() -> None:
    pages = [page_of(cls).splitlines()[0] for cls in SYNTAX_ERRORS.values()]
    assert len(set(pages)) == len(pages)
    assert all(re.fullmatch(r"MTL01\d\d", id) for id in SYNTAX_ERRORS)


@pytest.mark.parametrize("id", [id for id in SYNTAX_ERRORS if id not in NOT_IN_A_FILE])
def test_the_example_of_a_page_is_refused_and_its_remedy_is_not(id: str) -> None:
    page = page_of(SYNTAX_ERRORS[id])
    example, remedy = section(page, "Example"), section(page, "Instead")
    fitting = [
        around
        for around in SURROUNDINGS
        if [error.id for error in errors(around % example)] == [id]
        and errors(around % remedy) == ()
    ]
    assert fitting


@pytest.mark.parametrize("id", list(SYNTAX_ERRORS))
def test_a_page_says_what_it_means_and_why(id: str) -> None:
    page = page_of(SYNTAX_ERRORS[id])
    for name in ("What it means", "Example", "Instead", "Why"):
        assert section(page, name).strip()


@pytest.mark.parametrize("text", [text for text, *_ in IN_A_MODEL])
def test_messages_keep_to_the_house_style(text: str) -> None:
    for error in errors(in_model(text)):
        said = [error.headline(), error.title, error.help(), *error.notes()]
        said += [label.text for label in error.labels()]
        for sentence in filter(None, said):
            assert not sentence.endswith(".")
            assert not re.search(r"\b(illegal|invalid)\b", sentence, re.IGNORECASE)
            assert not sentence[0].isupper() or sentence.startswith("U+")


@pytest.mark.parametrize(("text", "code"), [(text, code) for text, code, *_ in IN_A_MODEL])
def test_a_fix_mends_what_it_is_offered_for(text: str, code: str) -> None:
    whole = in_model(text)
    (error,) = errors(whole)
    fix = error.fix()
    if fix is None or code == "MTL0117":
        return
    mended = whole[: fix.span.start] + fix.replacement + whole[fix.span.stop :]
    assert errors(mended) == ()
