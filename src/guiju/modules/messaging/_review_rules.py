"""Pure decisions about reviews: what an exception covers, and what a term is called."""

import hashlib
import unicodedata
from collections.abc import Collection

from guiju.modules.inspection.service import LINK_TYPES, LONGEST_WORD, RISK_RULE
from guiju.modules.inspection.types import Finding
from guiju.modules.messaging.review_types import LONGEST_PHRASE


def folded(phrase: str) -> str:
    """The phrase without differences of width, case and spacing. Other disguises stay: what is disguised is held."""
    return "".join(unicodedata.normalize("NFKC", phrase).casefold().split())


def phrase_of(finding: Finding, text: str, *, is_term: bool) -> str:
    """What an exception for the finding lets pass: the term, however it is written, or for others the very text.

    What is too long to be repeated stands by its digest. Empty for what began in an earlier message or a quote: all that
    ends like it would pass.
    """
    if not is_term and _is_cut(finding):
        return ""
    phrase = folded(finding.word if is_term else text[finding.start : finding.end])
    if len(phrase) <= LONGEST_PHRASE:
        return phrase
    return "sha256:" + hashlib.sha256(phrase.encode()).hexdigest()


def _is_cut(finding: Finding) -> bool:
    """Whether what was found is not what stands at its place: of a link or a score the word cannot tell."""
    if finding.rule in (RISK_RULE, *LINK_TYPES):
        return False
    return len(finding.word) != min(finding.end - finding.start, LONGEST_WORD)


def term_digest(rule: str, word: str, *, is_term: bool) -> str:
    """A name for a term in tables that hold no text.

    Empty for what is no term of a list: a digest of what somebody wrote would give it away to whoever guesses it.
    """
    if not is_term or not word:
        return ""
    return hashlib.sha256(f"{rule}\0{folded(word)}".encode()).hexdigest()[:16]


def is_covered(
    finding: Finding, text: str, covered: Collection[tuple[str, str]], *, is_term: bool
) -> bool:
    """Whether exceptions, as (rule, phrase), cover a finding.

    `is_term`: its rule is a list of terms, whose findings are known by the term and not by their text.
    """
    return (finding.rule, phrase_of(finding, text, is_term=is_term)) in covered
