"""A spec with one token wrong gives a graph or diagnostics, never an exception.

Of a mutant that is refused the first message is at the change, and there are few: judged where the
spec is sound by itself, so that all that is said comes from the change.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.corpus.mutants import FEW, KINDS, Mutant, Mutations, is_sound, specs


@dataclass
class Figures:
    """How many mutants of each kind were refused, near the change, and with few errors."""

    refused: Counter[str] = field(default_factory=Counter)
    near: Counter[str] = field(default_factory=Counter)
    few: Counter[str] = field(default_factory=Counter)
    raised: list[str] = field(default_factory=list)

    def add(self, mutant: Mutant) -> None:
        try:
            errors = mutant.errors()
        except Exception as error:  # noqa: BLE001  # whatever it is, it may not be raised
            self.raised.append(f"{mutant}: {error!r}")
            return
        if errors and is_sound(mutant.path):
            self.refused[mutant.kind] += 1
            self.near[mutant.kind] += mutant.is_near(errors[0])
            self.few[mutant.kind] += len(errors) <= FEW

    def share(self, counted: Counter[str]) -> float:
        return counted.total() / max(self.refused.total(), 1)

    def __str__(self) -> str:
        rows = [
            f"{kind:8} {self.refused[kind]:5} {self.near[kind]:5} {self.few[kind]:5}"
            for kind in KINDS
        ]
        head = "kind   refused  near   few"
        shares = f"near {self.share(self.near):.1%}, few {self.share(self.few):.1%}"
        return "\n".join([head, *rows, shares])


def figures_of(seed: int, count: int) -> Figures:
    """The figures of as many mutants of each kind."""
    found = Figures()
    for mutant in Mutations.seeded(seed).sample(count):
        found.add(mutant)
    return found


def assert_good(found: Figures, share: float) -> None:
    assert found.raised == [], "\n".join(found.raised)
    assert found.share(found.near) >= share, str(found)
    assert found.share(found.few) >= share, str(found)


def test_most_specs_are_sound_before_they_are_changed() -> None:
    sound = [path for path in specs() if is_sound(path)]
    assert len(sound) >= 20


def test_a_sample_of_mutants_is_refused_at_the_change() -> None:
    # so few that four of them are more than 5 %
    assert_good(figures_of(seed=0, count=10), share=0.85)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_mutants_are_refused_at_the_change(seed: int) -> None:
    assert_good(figures_of(seed, count=250), share=0.95)
