"""The plant's pack answers every requirement that its rule book, source 004 of the catalogue, states or touches."""

import re
from pathlib import Path

import pytest

from guiju.modules.policy import service as policy
from guiju.runtime import load_pack, wire
from tests.support.corpus import read_beside

SOURCES, NOTES = 4, 6


@pytest.fixture
def catalogue(corpus: Path) -> dict[str, list[str]]:
    """The rows of the requirement catalogue by id, with their cells."""
    text = read_beside(corpus, "clauses.md")
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in text.splitlines()
        if re.match(r"\| [A-Z]{3}-[0-9]+ \|", line)
    ]
    assert len(rows) > 300 and {len(row) for row in rows} == {7}, "the catalogue has another form"
    return {row[0]: row for row in rows}


def test_every_requirement_of_the_rule_book_stands_in_the_pack(
    catalogue: dict[str, list[str]],
) -> None:
    wire()
    pack = policy.read_pack(*load_pack("party-run-plant"))
    answered = {row for clause in pack.clauses for row in clause.rows}
    stated = {row for row, cells in catalogue.items() if re.search(r"\b004\b", cells[SOURCES])}
    noted = {row for row, cells in catalogue.items() if re.search(r"\b004\b", cells[NOTES])}
    assert len(stated) > 40, "the catalogue names its sources in another way"
    assert sorted((stated | noted) - answered) == []


@pytest.mark.parametrize("pack_id", ["party-run-plant", "plain-office"])
def test_no_clause_answers_a_requirement_that_is_not_there(
    catalogue: dict[str, list[str]], pack_id: str
) -> None:
    wire()
    pack = policy.read_pack(*load_pack(pack_id))
    assert sorted({row for clause in pack.clauses for row in clause.rows} - set(catalogue)) == []


@pytest.mark.parametrize("pack_id", ["party-run-plant", "plain-office"])
def test_no_clause_claims_a_requirement_that_none_of_its_controls_carries_out(pack_id: str) -> None:
    wire()
    pack = policy.read_pack(*load_pack(pack_id))
    claimed = {
        (clause.id, row): policy.uncarried(pack, clause)
        for clause in pack.clauses
        for row in clause.rows
        if any(use.clause.id == clause.id for use in pack.uses)
    }
    assert len(claimed) > 20, "the packs have another form"
    assert [place for place, left in claimed.items() if place[1] in left] == []


def test_controls_carry_out_requirements_that_are_there(catalogue: dict[str, list[str]]) -> None:
    wire()
    for name, control in policy.all_controls().items():
        assert set(control.rows) <= set(catalogue), name
    for pack_id in ("party-run-plant", "plain-office"):
        for use in policy.read_pack(*load_pack(pack_id)).uses:
            control = policy.control(use.control)
            assert control.carries(use.params) <= set(control.rows), use.id
