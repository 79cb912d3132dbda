"""Training: the loop, checkpoints, progress, and the folder of a run."""

from mtlspec.training.run import Run, open_run
from mtlspec.training.training import RunResult, TrainRequest, train
from mtlspec.training.verdict import describe

__all__ = ["Run", "RunResult", "TrainRequest", "describe", "open_run", "train"]
