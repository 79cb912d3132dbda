"""What makes two runs equal: seeds, threads, deterministic algorithms; all put back afterwards."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol, cast

import torch
import torch.utils.deterministic


class _Memory(Protocol):
    """The one setting of `torch.utils.deterministic`, which torch makes a property at run time."""

    fill_uninitialized_memory: bool


@contextmanager
def reproducible(seed: int, threads: int | None) -> Generator[None]:
    """Inside the block, one seed gives one course of torch's random numbers on a machine.

    Sums depend on how many threads share them, so equal runs need equal `threads`; None keeps
    torch's own number.
    """
    threads_before = torch.get_num_threads()
    strict_before = torch.are_deterministic_algorithms_enabled()
    memory = cast(_Memory, torch.utils.deterministic)
    fill_before = memory.fill_uninitialized_memory
    random_before = torch.get_rng_state()
    torch.default_generator.manual_seed(seed)
    torch.set_num_threads(threads or threads_before)
    torch.use_deterministic_algorithms(True)
    # memory that is written before it is read needs no filling, which would cost time
    memory.fill_uninitialized_memory = False
    try:
        yield
    finally:
        memory.fill_uninitialized_memory = fill_before
        torch.use_deterministic_algorithms(strict_before)
        torch.set_num_threads(threads_before)
        torch.set_rng_state(random_before)
