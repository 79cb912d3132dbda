"""The emitted file: formatted, clean, typed, and the same bytes for the same spec."""

import ast
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mtlspec
from tests.emit.specs import BODIES, compiled, families_of_tasks, text_of

LIBRARY = ("hard_sharing", "mmoe", "ple")
WIDTH = 88


def sources() -> dict[str, str]:
    """The files of all specs, without and with the sizes of tables."""
    found = {name: compiled(name).source for name in BODIES}
    found |= {f"{name}_sized": compiled(name, sized=True).source for name in BODIES}
    found["families_of_tasks"] = families_of_tasks().source
    return found | {f"mtl_{n}": mtlspec.compile(f"mtl:{n}.mtl").source for n in LIBRARY}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("emitted")
    for name, source in sources().items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return folder


def run(*command: str, cwd: Path, **environment: str) -> str:
    """What a command says; it must succeed."""
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_the_formatter_changes_nothing(folder: Path):
    run(sys.executable, "-m", "ruff", "format", "--isolated", "--diff", ".", cwd=folder)


def test_the_linter_finds_nothing(folder: Path):
    run(sys.executable, "-m", "ruff", "check", "--isolated", ".", cwd=folder)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["standard", "strict"])
def test_the_type_checker_finds_nothing(folder: Path, mode: str):
    assert found_by_type_checker(folder, mode) == ()


def found_by_type_checker(folder: Path, mode: str) -> tuple[str, ...]:
    """Its errors in all files of a folder."""
    settings = f'{{"typeCheckingMode": "{mode}", "pythonVersion": "3.11"}}'
    (folder / "pyrightconfig.json").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert " errors, " in done.stdout or "0 errors" in done.stdout, done.stderr
    return tuple(line.strip() for line in done.stdout.splitlines() if " - error: " in line)


def test_no_line_outside_docstrings_is_long():
    for name, source in sources().items():
        long = [line for line in without_docstrings(source) if len(line) > WIDTH]
        assert long == [], name


def without_docstrings(source: str) -> list[str]:
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            doc = node.body[0]
            assert doc.end_lineno is not None
            lines[doc.lineno - 1 : doc.end_lineno] = [""] * (doc.end_lineno - doc.lineno + 1)
    return lines


@pytest.mark.parametrize("name", BODIES)
def test_the_same_spec_gives_the_same_bytes(name: str):
    again = mtlspec.compile(mtlspec.Text(f"{name}.mtl", text_of(name)))
    assert again.source == compiled(name).source


def test_another_process_gives_the_same_bytes(tmp_path: Path):
    texts = {name: text_of(name) for name in BODIES}
    (tmp_path / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    code = """
import json, mtlspec
texts = json.load(open("texts.json"))
made = {n: mtlspec.compile(mtlspec.Text(f"{n}.mtl", t)).source for n, t in texts.items()}
json.dump(made, open("made.json", "w"))
"""
    for seed in ("1", "2"):
        run(sys.executable, "-c", code, cwd=tmp_path, PYTHONHASHSEED=seed)
        made = json.loads((tmp_path / "made.json").read_text(encoding="utf-8"))
        assert made == {name: compiled(name).source for name in BODIES}


@pytest.mark.parametrize("name", BODIES)
def test_it_imports_torch_alone(name: str):
    tree = ast.parse(compiled(name).source)
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported <= {"torch", "torch.nn"}


@pytest.mark.parametrize("name", BODIES)
def test_a_reader_finds_the_spec_in_it(name: str):
    source = compiled(name).source
    doc = ast.get_docstring(ast.parse(source), clean=False)
    assert doc is not None
    for line in text_of(name).strip().splitlines():
        assert line.rstrip() in doc
    for line in BODIES[name].strip().splitlines():
        first = " ".join(line.split())
        if first.startswith(("layer", "expert", "gate", "let", "head", "stitch", "loss")):
            assert first[:60] in " ".join(source.replace("#", " ").split()), first


def test_what_is_folded_in_is_a_number_of_the_file():
    assert 'sizes["job"]' in compiled("mmoe").source
    assert "self.job = table(6, 4)" in compiled("mmoe", sized=True).source
    assert "sizes" not in compiled("mmoe", sized=True).source.partition('"""\n\n')[2]


def test_the_file_s_hash_is_that_of_the_effective_spec():
    found = compiled("mmoe")
    digest = hashlib.sha256(found.spec_text.encode()).hexdigest()
    assert f"sha256 {digest[:12]}" in found.source


@pytest.mark.parametrize(
    "text",
    [
        "model m {\n\tlayer h = features -> mlp(4)   \n\n\n\thead[task] = h\n}",
        "model m {\r\n    head[task] = features\r\n}\r\n",
        "model m {\n    head[task] = features # \"\"\" and \\ and '''\n}\n# the end \\",
        '# "quoted" first\nmodel m { head[task] = features }\n# "last"',
        "model m { head[task] = features } # \u00e4\u00f6\u00fc \u2026 \u4e2d\u6587",
        "\n\n\nmodel m { head[task] = features }\n\n\n",
        "model m {\n    head[task] = features # form\x0cfeed\n}",
        "#\n#   indented\n#\nmodel m { head[task] = features }",
        "model m { head[task] = features -> mlp(" + ", ".join(["1_000"] * 30) + ") }",
        pytest.param(
            f"model {'m' * 90} {{ layer {'n' * 60} = age -> mlp(4)  head[task] = {'n' * 60} }}",
            marks=pytest.mark.xfail(strict=True, reason="names as long as a line"),
        ),
    ],
)
def test_any_text_of_a_spec_stands_in_a_formatted_file(text: str, tmp_path: Path):
    schema = "features { age : numeric }\ntasks { click : binary }\n"
    source = mtlspec.compile(mtlspec.Text("odd name.mtl", schema + text)).source
    (tmp_path / "m.py").write_text(source, encoding="utf-8", newline="")
    run(sys.executable, "-m", "ruff", "format", "--isolated", "--diff", ".", cwd=tmp_path)
    run(sys.executable, "-m", "ruff", "check", "--isolated", ".", cwd=tmp_path)
    compile(source, "m.py", "exec")
