"""Confidential documents of the organisation's own: registered by their prints, looked for, ended.

The text of a document is read once and kept nowhere. Its prints give nothing back to a reader, but who has them can tell
whether a guessed sentence stands in the document; so they are sealed like a text.
"""

import hashlib
from array import array
from collections.abc import Sequence

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.kernel.ids import new_id
from guiju.kernel.lane import WriteTx
from guiju.modules.inspection import _store
from guiju.modules.inspection.dictionaries import CONTROL, DISPOSITIONS
from guiju.modules.inspection.extraction.types import FILE_NAME, Reading, Verdict
from guiju.modules.inspection.fingerprints import fingerprints
from guiju.modules.inspection.governed import (
    BadSwitchError,
    DocumentEnded,
    DocumentNotFoundError,
    DocumentPrints,
    DocumentRegistered,
    DocumentTooShortError,
    DocumentUnreadableError,
    OwnDocument,
    TooManyPrintsError,
)
from guiju.modules.inspection.types import Disposition, DocumentRule, Scope
from guiju.modules.policy import service as policy

LEAST_PRINTS = 8
"""A document with fewer prints has no excerpt of fifty characters that an edit leaves recognisable."""
MOST_PRINTS = 500_000
"""Of all documents in force together: about 2.2 million characters, and 50 MB of memory."""
_LONGEST = 5 * MOST_PRINTS


# ---- reading ----------------------------------------------------------------------------------------------------


def in_force(tx: ReadTx) -> tuple[OwnDocument, ...]:
    """The documents that have not ended. The lane remembers them."""
    found: tuple[OwnDocument, ...] = tx.cached(
        ("inspection", "documents"), lambda: _store.documents_at(tx)
    )
    return found


def in_force_at(tx: ReadTx, position: int) -> tuple[OwnDocument, ...]:
    """The documents that had not ended when the entry at `position` was recorded."""
    return _store.documents_at(tx, position)


def rule_of(tx: ReadTx, document: OwnDocument) -> DocumentRule:
    """The rule that a document stands for, with its prints, opened from the ledger."""
    entry = tx.entry(document.position)
    assert entry is not None and isinstance(entry.fact, DocumentRegistered), "the row names it"
    return _rule(entry.fact)


def _rule(fact: DocumentRegistered) -> DocumentRule:
    prints = array("Q", fact.prints)
    return DocumentRule(
        fact.document, fact.title, hashlib.sha256(prints.tobytes()).hexdigest(), prints,
        Disposition.of(fact.disposition), fact.use, Scope(fact.classes),
    )  # fmt: skip


def list_documents(tx: ReadTx, actor: Actor) -> list[OwnDocument]:
    """All of them, the newest first. Raises NotAllowedError."""
    policy.require(tx, actor, "inspection.read")
    return _store.list_documents(tx)


def get_document(tx: ReadTx, actor: Actor, document: str) -> OwnDocument:
    """One of them. Raises DocumentNotFoundError, also for those who may not know of it."""
    found = _store.find_document(tx, document) if policy.may(tx, actor, "inspection.read") else None
    if found is None:
        raise DocumentNotFoundError("There is no such document.", document=document)
    return found


# ---- registering ------------------------------------------------------------------------------------------------


def prints_of(reading: Reading) -> DocumentPrints:
    """What to keep of a file that was read. Takes seconds for long files: call it outside the lane.

    Raises DocumentUnreadableError, DocumentTooShortError or TooManyPrintsError.
    """
    unread = tuple(dict.fromkeys(gap.problem.value for gap in reading.gaps))
    if reading.verdict is Verdict.CANNOT_BE_READ:
        raise DocumentUnreadableError("Nothing of the file could be read.", reasons=list(unread))
    texts = [part.text for part in reading.parts if part.name != FILE_NAME]
    if sum(map(len, texts)) > _LONGEST:
        raise TooManyPrintsError("The document is too long.", limit=MOST_PRINTS)
    prints = tuple(sorted({each for text in texts for each in fingerprints(text)}))
    if len(prints) < LEAST_PRINTS:
        raise DocumentTooShortError(
            "The document has too little text.", prints=len(prints), least=LEAST_PRINTS
        )
    return DocumentPrints(prints, unread)


def planned(
    tx: ReadTx,
    actor: Actor,
    *,
    title: str,
    level: str,
    disposition: str,
    classes: Sequence[str],
    use: str,
    kept: DocumentPrints,
) -> DocumentRegistered:
    """The registration as it would be; nothing is recorded.

    Raises NotAllowedError, BadSwitchError or TooManyPrintsError.
    """
    policy.require(tx, actor, "inspection.govern")
    _check(tx, level, disposition, classes, use)
    _check_room(tx, len(kept.prints))
    return DocumentRegistered(
        new_id("doc", tx.now), level, len(kept.prints), disposition, tuple(sorted(set(classes))),
        use, kept.unread, title, kept.prints,
    )  # fmt: skip


def _check(tx: ReadTx, level: str, disposition: str, classes: Sequence[str], use: str) -> None:
    pack = policy.get_pack(tx)
    if level not in {known.id for known in pack.levels}:
        raise BadSwitchError("There is no such level.", field="level")
    if disposition not in DISPOSITIONS:
        raise BadSwitchError("There is no such disposition.", field="disposition")
    if not set(classes) <= {known.id for known in pack.classes}:
        raise BadSwitchError("There is no such class.", field="classes")
    if use not in policy.use_ids(tx, CONTROL):
        raise BadSwitchError("No clause uses content inspection under this name.", field="use")


def _check_room(tx: ReadTx, more: int) -> None:
    if sum(each.count for each in in_force(tx)) + more > MOST_PRINTS:
        raise TooManyPrintsError("The registered documents are too many.", limit=MOST_PRINTS)


def register(tx: WriteTx, actor: Actor, *, to: DocumentRegistered) -> OwnDocument:
    """Put what `planned` gave in force. Raises what that raises."""
    permit = policy.require(tx, actor, "inspection.govern")
    _check(tx, to.level, to.disposition, to.classes, to.use)
    _check_room(tx, to.count)
    tx.record(permit.under(to.use), to)
    return _get(tx, to.document)


def end(tx: WriteTx, actor: Actor, document: str) -> OwnDocument:
    """Look for a document no longer. Raises DocumentNotFoundError, also when it has ended, or for those who may not."""
    found = going(tx, actor, document)
    permit = policy.require(tx, actor, "inspection.govern").under(found.use)
    tx.record(permit, DocumentEnded(document, (found.position,)))
    return _get(tx, document)


def going(tx: ReadTx, actor: Actor, document: str) -> OwnDocument:
    """A document that the actor can end. Raises DocumentNotFoundError."""
    may = policy.may(tx, actor, "inspection.govern")
    found = _store.find_document(tx, document) if may else None
    if found is None or found.ended_at is not None:
        raise DocumentNotFoundError("There is no such document.", document=document)
    return found


# ---- what would be in force ---------------------------------------------------------------------------------------


def rules_with(tx: ReadTx, planned: DocumentRegistered) -> tuple[DocumentRule, ...]:
    """The rules of the documents in force once `planned` is recorded."""
    return (*(rule_of(tx, each) for each in in_force(tx)), _rule(planned))


def rules_without(tx: ReadTx, document: OwnDocument) -> tuple[DocumentRule, ...]:
    """The rules of the documents in force once `document` has ended."""
    return tuple(rule_of(tx, each) for each in in_force(tx) if each.id != document.id)


def rules_in_force(tx: ReadTx) -> tuple[DocumentRule, ...]:
    """The rules of the documents in force."""
    return tuple(rule_of(tx, each) for each in in_force(tx))


def _get(tx: ReadTx, document: str) -> OwnDocument:
    found = _store.find_document(tx, document)
    assert found is not None, "apply has just stored it"
    return found
