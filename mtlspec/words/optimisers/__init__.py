"""Optimisers and their learning-rate schedules."""

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from mtlspec.words.word import Options, Word

Schedule = Literal["constant", "linear", "cosine"]


class OptimiserOptions(Options):
    """What every optimiser takes: the learning rate and its course over the steps.

    `lr` is the learning rate. `warmup` below 1 is a share of all steps, from 1 on a number of
    steps; the rate rises linearly over them and then follows `schedule`: `linear` and `cosine` end
    at 0.
    """

    by_place: ClassVar[tuple[str, ...]] = ("lr",)
    lr: float = Field(default=1e-3, gt=0)
    warmup: float = Field(default=0.0, ge=0)
    schedule: Schedule = "constant"

    @field_validator("warmup")
    @classmethod
    def _whole_steps(cls, warmup: float) -> float:
        if warmup >= 1 and not warmup.is_integer():
            raise ValueError("a share of the steps (below 1) or a whole number of steps")
        return warmup

    @property
    def stride(self) -> float:
        """How far a settled optimiser steps against a gradient of 1 that stays, in rates."""
        return 1.0


class Optimiser(Word):
    """An optimiser; its folder's `run.py` has `build(parameters, options) -> torch Optimizer`."""

    kind = "optimisers"
    used = "`train {{ optimizer : {} }}`"
