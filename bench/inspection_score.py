"""Scores predictions by the rules of the evaluation data.

A span counts as found when a hit of the same family of kinds overlaps it by half (intersection over
union); for a link a hit of six characters inside it is enough. A benign text with any hit counts
against the engine. Families and rules are those of the data's own README.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SETS: Final = ("evasion_words", "pii", "links")
_FAMILIES: Final = {
    **dict.fromkeys(("cn_phone", "tw_phone", "hk_phone"), "phone"),
    **dict.fromkeys(("credit_card", "bank_card"), "bank_card"),
    **dict.fromkeys(("cn_id", "tw_id", "hk_id"), "id"),
    **dict.fromkeys(("drugs", "weapons"), "contraband"),
}
_OVERLAP: Final = 0.5
_LINK: Final = 6
Hit = Mapping[str, Any]


@dataclass(slots=True)
class Share:
    """How many of how many."""

    found: int = 0
    of: int = 0

    def add(self, *, is_found: bool) -> None:
        self.found += is_found
        self.of += 1

    @property
    def percent(self) -> float:
        return 100 * self.found / self.of if self.of else 0.0


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def is_found(expected: Hit, hits: list[Hit]) -> bool:
    """A hit of the right family covers enough of the expected span."""
    return any(
        family(str(hit["kind"])) == family(str(expected["kind"])) and _covers(expected, hit)
        for hit in hits
    )


def family(kind: str) -> str:
    """Kinds that count as one."""
    return _FAMILIES.get(kind, kind)


def _covers(expected: Hit, hit: Hit) -> bool:
    shared = min(expected["end"], hit["end"]) - max(expected["start"], hit["start"])
    if shared <= 0:
        return False
    joined = max(expected["end"], hit["end"]) - min(expected["start"], hit["start"])
    if shared / joined >= _OVERLAP:
        return True
    is_inside = expected["start"] <= hit["start"] and hit["end"] <= expected["end"]
    return bool(is_inside and expected["kind"] == "url" and hit["end"] - hit["start"] >= _LINK)


def score(folder: Path, hits: Mapping[str, list[Hit]]) -> dict[str, Share]:
    """Shares by `words.tier1`, `words.evasion.space`, `pii.plain`, `links.tier2`, `marking`, `benign` and more.

    In `words` are all cases, secrecy markings included, which `marking` counts by themselves.
    """
    found: dict[str, Share] = {}
    for name, file in zip(("words", "pii", "links"), SETS, strict=True):
        for case in read(folder / f"{file}.jsonl"):
            for expected in case["expect"]:
                right = is_found(expected, hits.get(case["id"], []))
                keys = [
                    f"{name}.tier{case['tier']}",
                    f"{name}.evasion.{case['evasion']}",
                    f"{name}.kind.{expected['kind']}",
                ]
                if name == "pii" and case["evasion"] == "plain":
                    keys.append("pii.plain")
                if expected["kind"] == "secrecy":
                    keys.append("marking")
                for key in keys:
                    found.setdefault(key, Share()).add(is_found=right)
    for case in read(folder / "benign.jsonl"):
        flagged = bool(hits.get(case["id"]))
        for key in ("benign", f"benign.{case['category']}"):
            found.setdefault(key, Share()).add(is_found=flagged)
    return found


def missed(folder: Path, hits: Mapping[str, list[Hit]]) -> Iterator[tuple[str, str, str]]:
    """(set and evasion, what was hidden, the text) of every span that was not found."""
    for file in SETS:
        for case in read(folder / f"{file}.jsonl"):
            for expected in case["expect"]:
                if not is_found(expected, hits.get(case["id"], [])):
                    hidden = case["text"][expected["start"] : expected["end"]]
                    yield f"{file}.{case['evasion']}", hidden, case["text"]
