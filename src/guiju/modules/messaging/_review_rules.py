"""Pure decisions about reviews: what an exception covers, and what a term is called."""

import hashlib
import unicodedata
from collections.abc import Collection

from guiju.modules.inspection.service import KINDS
from guiju.modules.inspection.types import Finding
from guiju.modules.messaging.review_types import LONGEST_PHRASE


def folded(phrase: str) -> str:
    """The phrase without differences of width, case and spacing. Other disguises stay: what is disguised is held."""
    return "".join(unicodedata.normalize("NFKC", phrase).casefold().split())


def phrase_of(finding: Finding, text: str, *, is_term: bool) -> str:
    """What an exception for the finding lets pass: the term, however it is written, or for others the very text."""
    return folded(finding.word if is_term else text[finding.start : finding.end])[:LONGEST_PHRASE]


def term_digest(rule: str, word: str) -> str:
    """A name for a term in tables that hold no text; empty for numbers, whose digest would give them away."""
    if rule in KINDS or not word:
        return ""
    return hashlib.sha256(f"{rule}\0{folded(word)}".encode()).hexdigest()[:16]


def is_covered(
    finding: Finding, text: str, covered: Collection[tuple[str, str]], *, is_term: bool
) -> bool:
    """Whether exceptions, as (rule, phrase), cover a finding.

    `is_term`: its rule is a list of terms, whose findings are known by the term and not by their text.
    """
    return (finding.rule, phrase_of(finding, text, is_term=is_term)) in covered
