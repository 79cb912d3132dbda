"""Loading and checking a spec is quick because of what it does not do."""

import subprocess
import sys

NUMERIC = {"torch", "numpy", "onnx", "onnxruntime", "pyarrow", "torchmetrics", "safetensors"}


def said_by(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_loading_a_spec_imports_no_numeric_library():
    loaded = said_by("""
import sys, mtlspec
assert mtlspec.load("mtl:ple.mtl").ok
print(*{name.partition(".")[0] for name in sys.modules})
""")
    assert "networkx" in loaded.split()
    assert NUMERIC & set(loaded.split()) == set()


def test_loading_a_spec_builds_no_parser_table():
    said_by("""
from lark.parsers.lalr_analysis import LALR_Analyzer

def refuse(self):
    raise AssertionError("the tables are built anew")

LALR_Analyzer.compute_lalr = refuse
import mtlspec
assert mtlspec.load("mtl:ple.mtl").ok
""")


def test_words_that_a_spec_does_not_use_are_not_imported():
    loaded = said_by("""
import sys, mtlspec
text = "features { a : numeric } tasks { t : binary } model m { head[t] = a -> linear(3) }"
assert mtlspec.load(mtlspec.Text("a.mtl", text)).ok
print(*(name for name in sys.modules if name.startswith("mtlspec.words.")))
""").split()
    assert "mtlspec.words.ops.linear" in loaded
    unused = ("features.category", "ops.mlp", "ops.gelu", "routers.sigmoid", "optimisers.sgd")
    assert [name for name in unused if f"mtlspec.words.{name}" in loaded] == []
