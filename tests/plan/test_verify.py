"""`verify` names the pass that broke a plan, and how."""

from dataclasses import replace

import pytest

from mtlspec.plan.make import PASSES
from mtlspec.plan.plan import Bank, Cell, Inner, Plan, Reading, Source
from mtlspec.plan.verify import PlanBroken, verify
from mtlspec.types import Tensor
from tests.plan.plans import plan_of
from tests.plan.test_banks import PLE

VECTOR = Tensor((8,))


@pytest.fixture
def plan() -> Plan:
    return plan_of(PLE)


def with_bank(plan: Plan, name: str, **changes: object) -> Plan:
    banks = tuple(replace(b, **changes) if b.name == name else b for b in plan.banks)
    return replace(plan, banks=banks)


def bank(plan: Plan, name: str) -> Bank:
    (found,) = (b for b in plan.banks if b.name == name)
    return found


def with_cell(plan: Plan, name: str, place: int, *operands: Inner | Reading) -> Plan:
    cells = list(bank(plan, name).cells)
    cells[place] = replace(cells[place], operands=operands)
    return with_bank(plan, name, cells=tuple(cells))


def refusal(plan: Plan) -> str:
    with pytest.raises(PlanBroken) as caught:
        verify(plan, "a_pass")
    return str(caught.value)


def test_a_plan_holds(plan: Plan):
    verify(plan, "nobody")


def test_a_cell_may_not_read_itself_or_what_comes_after_it(plan: Plan):
    key = bank(plan, "mine_1").key
    assert refusal(with_cell(plan, "mine_1", 1, Inner(1))) == (
        f"a_pass broke {key}: cell 1 reads cell 1"
    )
    assert "cell 0 reads cell 3" in refusal(with_cell(plan, "mine_1", 0, Inner(3)))


def test_a_reading_has_a_source_for_every_member(plan: Plan):
    (reading,) = bank(plan, "h_2").cells[0].operands
    assert isinstance(reading, Reading)
    short = Reading(reading.sources[:-1], reading.type)
    assert "cell 0 reads 2 sources" in refusal(with_cell(plan, "h_2", 0, short))


@pytest.mark.parametrize(
    "source",
    [
        Source("nowhere", None),
        Source("nowhere", 0),
        Source("column nobody", None),
    ],
)
def test_a_source_exists(plan: Plan, source: Source):
    broken = with_cell(plan, "ours_2", 0, Reading((source,) * 3, VECTOR))
    assert "does not exist" in refusal(broken)


def test_a_member_of_a_bank_exists(plan: Plan):
    key = bank(plan, "h_1").key
    for position in (3, None):
        broken = with_cell(plan, "ours_2", 0, Reading((Source(key, position),) * 3, VECTOR))
        assert "does not exist" in refusal(broken)


def test_a_value_without_members_is_read_whole(plan: Plan):
    key = bank(plan, "s_1").key
    broken = with_cell(plan, "ours_2", 0, Reading((Source(key, 0),) * 3, VECTOR))
    assert "does not exist" in refusal(broken)


def test_a_bank_is_not_empty(plan: Plan):
    assert "it is empty" in refusal(with_bank(plan, "head", members=()))
    assert "it is empty" in refusal(with_bank(plan, "s_1", cells=()))


def test_a_bank_that_is_read_is_not_dropped(plan: Plan):
    rest = tuple(b for b in plan.banks if b.name != "h_1")
    assert "does not exist" in refusal(replace(plan, banks=rest))


def test_a_head_is_not_lost(plan: Plan):
    lost = replace(plan.heads["cart"], sources=(Source("nowhere", 0),))
    heads = {**plan.heads, "cart": lost}
    assert refusal(replace(plan, heads=heads)) == "a_pass lost the head of cart"


def test_a_head_s_member_exists(plan: Plan):
    cart = plan.heads["cart"]
    beyond = replace(cart, sources=(Source(cart.sources[0].provider, 7),))
    heads = {**plan.heads, "cart": beyond}
    assert "cart" in refusal(replace(plan, heads=heads))


def test_passes_change_no_cell_s_meaning(plan: Plan):
    """Every pass is the identity on a plan that all passes have run on."""
    for run in PASSES:
        again = run(plan)
        assert [b.members for b in again.banks] == [b.members for b in plan.banks]
        assert [_shape(b.cells) for b in again.banks] == [_shape(b.cells) for b in plan.banks]


def _shape(cells: tuple[Cell, ...]) -> list[str]:
    return [str(cell.type) for cell in cells]
