"""The table of rights, `tests/access.csv`, and everybody who tries what stands in it."""

import csv
from dataclasses import dataclass
from pathlib import Path

from tests.support.cast import OFFICES, PLACES, ROLES

CORRECTS = "SOCKET send corrects"
"""A message that corrects an earlier one, which is one's own or, for whoever has a place in the group, of somebody else."""
_GROUP_PATHS = (
    "{group}",
    "/api/join",
    "/api/ledger/proof/",
    "/saved/{kind}/",
    "/scheduled/{cmid}",
    "/api/uploads",
    "{question}",
    "SOCKET send",
    "SOCKET read",
)


@dataclass(frozen=True)
class Row:
    """One cell of the matrix: an operation, and who tries it."""

    operation: str
    role: str
    relation: str

    @property
    def family(self) -> str:
        """What the relation is one to: a group, a request, one's own record, a webhook, a notice, a held message, a rule,
        a barrier, or nothing.
        """
        if any(part in self.operation for part in _GROUP_PATHS):
            return "group"
        if "{request_id}" in self.operation or "{application}" in self.operation:
            return "request"
        if any(part in self.operation for part in ("{session_id}", "{account_id}", "{person_id}")):
            return "record"
        if "{webhook}" in self.operation:
            return "webhook"
        if "{notice_id}" in self.operation:
            return "notice"
        if "{barrier}" in self.operation:
            return "barrier"
        if any(part in self.operation for part in ("{dictionary}", "{document}", "{exemption}")):
            return "rule"
        is_review = (
            "/reviews/{position}" in self.operation or "/alerts/{position}" in self.operation
        )
        return "review" if is_review else "plain"

    @property
    def reads(self) -> bool:
        return self.operation.startswith("GET ")


def _rows() -> list[dict[str, str]]:
    with TABLE.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == (
            "operation",
            "role",
            "relation",
            "expected",
            "note",
        )
        return list(reader)


TABLE = Path(__file__).parents[1] / "access.csv"
ROWS = _rows()
EXPECTED = {(row["operation"], row["role"], row["relation"]): row["expected"] for row in ROWS}
_INSIDERS = ("employee", *OFFICES, "head")


def match(row: Row) -> tuple[str, str, str]:
    """The most specific row of the table: a named role first, then a named relation. KeyError without one."""
    for role in (row.role, "*"):
        for relation in (row.relation, "*"):
            if (row.operation, role, relation) in EXPECTED:
                return row.operation, role, relation
    raise KeyError(f"access.csv says nothing about {row}")


def cells(operation: str) -> list[Row]:
    """Everybody who tries an operation."""
    kind = Row(operation, "employee", "outsider").family
    found = [Row(operation, role, "outsider") for role in ROLES]
    if (operation, "employee", "invited") in EXPECTED:
        found.append(Row(operation, "employee", "invited"))
    if operation == CORRECTS:
        found += [Row(operation, role, "own") for role in _INSIDERS]
    match kind:
        case "group":
            found += [Row(operation, "employee", place) for place in PLACES if place != "member"]
            found += [Row(operation, role, "member") for role in (*_INSIDERS, "suspended")]
        case "request":
            found.remove(
                Row(operation, "registrar", "outsider")
            )  # every registrar has a seat in the second step
            found += [Row(operation, "employee", place) for place in ("own", "deputy")]
            found += [Row(operation, role, "other") for role in ("head", "registrar")]
        case "record":
            found += [Row(operation, role, "own") for role in ROLES if role != "anonymous"]
        case "notice":
            found += [Row(operation, role, "own") for role in ("employee", "head")]
        case "review":
            found += [Row(operation, role, "own") for role in ("employee", "reviewer")]
    return found


OPERATIONS = list(dict.fromkeys(row["operation"] for row in ROWS))
CELLS = [cell for operation in OPERATIONS for cell in cells(operation)]
