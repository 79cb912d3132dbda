"""A run, opened: its model compiled again from its own spec, with the weights that it kept."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from mtlspec.data import Fitted
from mtlspec.diagnostics import Diagnostic, Note, SpecError
from mtlspec.emit.compiled import Compiled
from mtlspec.graph.schema import Schema
from mtlspec.training.checkpoint import load_checkpoint, restore
from mtlspec.training.info import RunFileUnreadable, RunInfo, read_info
from mtlspec.training.run_directory import RunDirectory, find_run

CompileFile = Callable[[str, Mapping[str, int]], Compiled]
"""Compiles the spec at a path with the sizes of its tables; raises `SpecError`."""


@dataclass(frozen=True, slots=True)
class Run:
    """A trained model; `module` holds the best weights and is in evaluation mode."""

    directory: RunDirectory
    info: RunInfo
    compiled: Compiled
    fitted: Fitted
    module: nn.Module
    notes: tuple[Diagnostic, ...]


def open_run(name: str, compile_file: CompileFile) -> Run:
    """Opens a run by its path, its name or `@last`.

    The model is compiled from the run's spec; its `model.py` is compared, never executed. Raises
    `SpecError` where a file of the run is missing or damaged.
    """
    directory = find_run(name)
    info = read_info(directory)
    compiled = compile_file(str(directory.spec), info.sizes)
    fitted = _read_fitted(directory.fitted, compiled.schema)
    module = compiled.module(seed=None, sizes=info.sizes)
    path = directory.best if directory.best.exists() else directory.last
    checkpoint = load_checkpoint(path)
    restore(module, checkpoint, path)
    notes = list(_compare(directory, compiled))
    if path == directory.last:
        notes.append(NoBestYet(str(path), checkpoint.header.step))
    return Run(directory, info, compiled, fitted, module.eval(), tuple(notes))


def _read_fitted(path: Path, schema: Schema) -> Fitted:
    try:
        return Fitted.from_json(path.read_text(encoding="utf-8"), schema)
    except OSError as error:
        raise SpecError([RunFileUnreadable(str(path), str(error.strerror))]) from error
    except (ValueError, KeyError) as error:
        raise SpecError([RunFileUnreadable(str(path), "it does not fit the spec")]) from error


def _compare(directory: RunDirectory, compiled: Compiled) -> Sequence[Diagnostic]:
    try:
        kept = _code_of(directory.model.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError, RecursionError):
        kept = ""
    same = kept == _code_of(compiled.source)
    return () if same else (ModelFileDiffers(str(directory.model)),)


def _code_of(source: str) -> str:
    """What a file does, without comments and docstrings: those name the spec's file and lines."""
    module = ast.parse(source)
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
    return ast.dump(module)


class ModelFileDiffers(Note):
    """A run's `model.py` is what its spec compiles to.

    What it means: the spec of the run, compiled now, gives other code than the `model.py` beside
    it: another version of mtlspec wrote that file, or somebody edited it. What is used is the
    spec; `model.py` is for reading and is never executed.

    Why: the weights fit the model that is used, or opening the run would have been refused.
    """

    id = "model-file-differs"
    title = "a run's `model.py` is what its spec compiles to"
    path: str

    def headline(self) -> str:
        return f"`{self.path}` is not what the run's spec compiles to now; the spec is used"

    def place(self) -> str:
        return self.path


class NoBestYet(Note):
    """A run that was stopped in its first epoch has no best weights yet.

    What it means: nothing was evaluated before the run was stopped, so the weights are those of
    its last step.
    """

    id = "no-best-weights"
    title = "a run that was stopped in its first epoch has no best weights yet"
    path: str
    step: int

    def headline(self) -> str:
        return f"the run was stopped after {self.step} steps, before its first evaluation"

    def place(self) -> str:
        return self.path
