"""Places of members in lists: written as a reader would, and exactly these."""

import pytest

from mtlspec import pysource as py
from mtlspec.emit.places import write_places

LISTS: dict[str, list[int]] = {
    "few": [3, 1, 2],
    "all_but_one": [j for i in range(9) for j in range(9) if j != i],
    "all_but_a_pair": [j for i in range(5) for j in range(10) if j // 2 != i],
    "the_other_way_round": [5 * j + i for i in range(5) for j in range(8)],
    "from_the_second": [3 * i + j + 1 for i in range(20) for j in range(2)],
    "runs": [*range(4, 30), 2, *range(7, 40)],
    "one_after_the_other": list(range(3, 60)),
    "the_same": [7] * 40,
    "none_of_these": [n * n % 97 for n in range(40)],
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_these_places(name: str):
    names: dict[str, list[int]] = {}
    exec(f"found = {py.flat(write_places(LISTS[name]))}", names)
    assert names["found"] == LISTS[name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("few", "[3, 1, 2]"),
        ("all_but_one", "[j for i in range(9) for j in range(9) if j != i]"),
        ("all_but_a_pair", "[j for i in range(5) for j in range(10) if j // 2 != i]"),
        ("the_other_way_round", "[5 * j + i for i in range(5) for j in range(8)]"),
        ("from_the_second", "[3 * i + j + 1 for i in range(20) for j in range(2)]"),
        ("runs", "[*range(4, 30), 2, *range(7, 40)]"),
    ],
)
def test_a_rule_is_told_by_its_rule(name: str, text: str):
    assert py.flat(write_places(LISTS[name])) == text
