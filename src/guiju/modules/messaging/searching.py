"""Looking for messages in one's groups. The pieces of the index are made when somebody looks, and kept sealed.

An index only proposes: whoever looks gets a message when they may read it at this moment and its text of now has all words.
So nothing held, recalled or changed is found, and nothing has to be taken out of an index in time.
"""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.errors import InvalidError, TooManyError
from guiju.kernel.facts import Content, Recorded
from guiju.kernel.gate import Door
from guiju.kernel.ids import GroupId
from guiju.ledger.seal import key_id
from guiju.ledger.segments import Segment, Segments
from guiju.modules.inspection.service import fold
from guiju.modules.messaging import changes, service
from guiju.modules.messaging._search_index import Index, Wanted
from guiju.modules.messaging.change_types import UNCHANGED, Changed, MessageEdited
from guiju.modules.messaging.opening import files_of
from guiju.modules.messaging.sending import author_of
from guiju.modules.messaging.types import MessageReleased
from guiju.modules.policy import service as policy

T = TypeVar("T")
KINDS = ("messaging.sent", "messaging.released", "messaging.edited")
BUDGET_SECONDS = 1.5
"""After this an answer says how many groups are still to be read, and the next request goes on."""
MOST_IN_SEGMENT, KEPT_OPEN = 4_000, 64
_AT_ONCE, _PROPOSED, _UNSAVED, _MOST_SPANS = 500, 100, 200, 20
_NEVER = 1 << 62


class BadSearchError(InvalidError):
    """Nothing is looked for: neither words nor a writer, a time or files."""

    code = "messaging.bad_search"


class SearchBusyError(TooManyError):
    """An earlier search of the same person is still running."""

    code = "messaging.search_busy"


@dataclass(frozen=True, slots=True)
class Hit:
    """A message, and where the words stand in its text (start and end in code points)."""

    entry: Recorded
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Hits, the newest first. `before` goes on from here, if there may be more, also after none; `waiting` groups are not read
    to their end.
    """

    hits: Sequence[Hit]
    before: int | None
    waiting: int


class _Piece(NamedTuple):
    """One piece of a group's index, which has no message at `end` or after it."""

    end: int
    group: GroupId
    segment: Segment


class _Proposed(NamedTuple):
    """Positions to check, where to go on from if there may be more, and how many groups must be read anew."""

    positions: list[int]
    before: int | None
    lost: int


class _Pieces:
    """What is known of the index of one group; its lock is held while anything in it is used, and for one slice at most."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.segments: list[Segment] | None = None
        self.saved = 0
        self.skipped = -1
        """Up to here nothing can be indexed: the key is gone, and the texts with it."""
        self.number = -1
        """So many entries the group had when the index had all of it."""


class Searcher:
    """Keeps the indexes and looks into them. Its methods wait: call them from threads."""

    def __init__(self, door: Door, segments: Segments) -> None:
        self._door = door
        self._stored = segments
        self._pieces: dict[GroupId, _Pieces] = {}
        self._open: OrderedDict[tuple[GroupId, Segment], Index] = OrderedDict()
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    def search(
        self, actor: Actor, wanted: Wanted, group: GroupId | None, *, before: int | None,
        limit: int, shape: Callable[[ReadTx, Page], T],
    ) -> T:  # fmt: skip
        """Look in one group, or in all whose messages the actor reads; `shape` is called in the snapshot that decided.

        Raises BadSearchError, SearchBusyError, NotAllowedError, and for a group what `service.reading_place` raises.
        """
        if wanted == Wanted():
            raise BadSearchError("Say what is looked for.", field="words")
        with self._lock:
            if actor.name in self._busy:
                raise SearchBusyError("An earlier search is still running.", retry_after=1)
            self._busy.add(actor.name)
        try:
            places, numbers = self._door.read_now(lambda tx: _places_now(tx, actor, group))
            deadline = monotonic() + BUDGET_SECONDS
            waiting = sum(
                not self._catch_up(each, numbers.get(each, 0), deadline) for each in places
            )
            hits: list[Hit] = []
            while True:
                proposed = self._propose(places, wanted, before, deadline)
                before, waiting = proposed.before, waiting + proposed.lost
                verb = functools.partial(_check, wanted=wanted, proposed=proposed.positions)
                hits += self._door.read_now(verb)
                if before is None or len(hits) >= limit or monotonic() > deadline:
                    break
            if len(hits) > limit:
                hits = hits[:limit]
                before = hits[-1].entry.position
            page = Page(hits, before, waiting)
            return self._door.read_now(lambda tx: shape(tx, _still_theirs(tx, actor, group, page)))
        finally:
            with self._lock:
                self._busy.discard(actor.name)

    # ---- the pieces --------------------------------------------------------------------------------------------

    def _catch_up(self, group: GroupId, number: int, deadline: float) -> bool:
        """Add what was written until the group had so many entries; whether all of it was, in time.

        Slice by slice, so that who looks in one group does not wait for another who reads all of it for the first time;
        and a group in which nothing has happened costs nothing, so that many of them are read to the end at last.
        """
        with self._lock:
            pieces = self._pieces.setdefault(group, _Pieces())
        while pieces.number < number:
            left = deadline - monotonic()
            if left <= 0 or not pieces.lock.acquire(timeout=left):
                return False
            try:
                self._add_slice(group, pieces)
            finally:
                pieces.lock.release()
        return True

    def _add_slice(self, group: GroupId, pieces: _Pieces) -> None:
        index = self._last(group, pieces)
        after = max(pieces.skipped, index.through if index is not None else -1)
        query = EntryQuery(group=group, kinds=KINDS, after=after, limit=_AT_ONCE)
        number, entries = self._door.read_now(
            lambda tx: (tx.reader.numbers(tx, [group]).get(group, 0), tx.entries(query))
        )
        for entry in entries:
            index = self._add(group, pieces, index, entry)
        if index is not None and entries:
            index.passed(entries[-1].position)
            if index.size - pieces.saved >= _UNSAVED:
                self._save(group, pieces, index)
        if len(entries) < _AT_ONCE:
            pieces.number = number

    def _last(self, group: GroupId, pieces: _Pieces) -> Index | None:
        if pieces.segments is None:
            pieces.segments = self._stored.names(group)
            index = self._get(group, pieces.segments[-1]) if pieces.segments else None
            pieces.saved = index.size if index is not None else 0
            if index is None:
                self._begin_anew(group, pieces)
            return index
        if not pieces.segments:
            return None
        index = self._get(group, pieces.segments[-1])
        if index is None:
            self._begin_anew(group, pieces)
        return index

    def _begin_anew(self, group: GroupId, pieces: _Pieces) -> None:
        """A piece that is gone is made again with all others: a gap must not pass for silence."""
        for segment in pieces.segments or ():
            self._stored.drop(group, segment)
            with self._lock:
                self._open.pop((group, segment), None)
        pieces.segments, pieces.saved, pieces.number = [], 0, -1

    def _add(
        self, group: GroupId, pieces: _Pieces, index: Index | None, entry: Recorded
    ) -> Index | None:
        assert pieces.segments is not None, "the last piece was asked for first"
        if not self._stored.has_key(group, entry.at):
            pieces.skipped = entry.position
            return index
        text = _text_of(entry)
        if index is None or index.size >= MOST_IN_SEGMENT or self._is_other_month(pieces, entry):
            if index is not None:
                index.passed(entry.position - 1)
                self._save(group, pieces, index)
            segment, index = Segment(entry.position, entry.at), Index()
            pieces.segments.append(segment)
            pieces.saved = 0
            self._remember(group, segment, index)
        if isinstance(entry.fact, MessageEdited):
            index.add_edit(entry.fact.refs[0], text)
        else:
            has_files = bool(files_of(entry))
            index.add(entry.position, author_of(entry), entry.at, has_files=has_files, text=text)
        return index

    @staticmethod
    def _is_other_month(pieces: _Pieces, entry: Recorded) -> bool:
        assert pieces.segments
        keys = [
            key_id(Content.CONTENT, entry.group, None, at)
            for at in (pieces.segments[-1].at, entry.at)
        ]
        return keys[0] != keys[1]

    def _save(self, group: GroupId, pieces: _Pieces, index: Index) -> None:
        assert pieces.segments
        self._stored.write(group, pieces.segments[-1], index.dump())
        pieces.saved = index.size

    def _get(self, group: GroupId, segment: Segment) -> Index | None:
        """An index in memory; None when it cannot be had."""
        with self._lock:
            if (found := self._open.get((group, segment))) is not None:
                self._open.move_to_end((group, segment))
                return found
        data = self._stored.read(group, segment)
        if data is None:
            return None
        try:
            index = Index(data)
        except ValueError:
            return None
        self._remember(group, segment, index)
        return index

    def _remember(self, group: GroupId, segment: Segment, index: Index) -> None:
        """Keep it open. One that is dropped for it may be in use elsewhere, and ends when that is done."""
        with self._lock:
            self._open[group, segment] = index
            while len(self._open) > KEPT_OPEN:
                self._open.popitem(last=False)

    def _propose(
        self, places: Mapping[GroupId, int], wanted: Wanted, before: int | None, deadline: float
    ) -> _Proposed:
        """The newest positions below `before` at which a message may be what is wanted, as far as there is time to look."""
        found: list[int] = []
        lost = 0
        for piece in self._in_order(places, before):
            lowest = places[piece.group]
            if len(found) >= _PROPOSED and piece.end <= found[_PROPOSED - 1]:
                break
            # To end where it began would be to stand still.
            if piece.end < (_NEVER if before is None else before) and monotonic() > deadline:
                return _Proposed([at for at in found if at >= piece.end], piece.end, lost)
            at = self._find(piece, wanted, lowest, before, deadline)
            if at is None:
                lost += 1
                continue
            found += at
            found = sorted(set(found), reverse=True)[:_PROPOSED]
        return _Proposed(found, found[-1] if len(found) == _PROPOSED else None, lost)

    def _find(
        self, piece: _Piece, wanted: Wanted, lowest: int, before: int | None, deadline: float
    ) -> list[int] | None:
        """Where a piece proposes to look; None when it cannot be had, or another search holds it all the time."""
        pieces = self._pieces[piece.group]
        if not pieces.lock.acquire(timeout=max(0.0, deadline - monotonic())):
            return None
        try:
            index = self._get(piece.group, piece.segment)
            if index is None:
                self._begin_anew(piece.group, pieces)
                return None
            return index.find(wanted, lowest=lowest, before=before, limit=_PROPOSED)
        finally:
            pieces.lock.release()

    def _in_order(self, places: Mapping[GroupId, int], before: int | None) -> list[_Piece]:
        """The pieces that may have something below `before`, by where they end, the newest first."""
        found = []
        for group, lowest in places.items():
            segments = list(self._pieces[group].segments or ())
            ends = [*(each.start for each in segments[1:]), _NEVER][: len(segments)]
            found += [
                _Piece(end, group, segment)
                for segment, end in zip(segments, ends, strict=True)
                if end > lowest and (before is None or segment.start < before)
            ]
        return sorted(found, key=lambda piece: -piece.end)


def _check(tx: ReadTx, *, wanted: Wanted, proposed: Sequence[int]) -> list[Hit]:
    """Those of the proposed messages that are what is wanted, the newest first."""
    if not proposed:
        return []
    query = EntryQuery(positions=tuple(proposed), limit=len(proposed))
    found = sorted(tx.entries(query), key=lambda entry: -entry.position)
    now = changes.load(tx, found, texts_only=True)
    hits = []
    for entry in found:
        spans = _spans(wanted, entry, now.get(entry.position, UNCHANGED))
        if spans is not None:
            hits.append(Hit(entry, spans))
    return hits


def _still_theirs(tx: ReadTx, actor: Actor, group: GroupId | None, page: Page) -> Page:
    """Rights are asked in the snapshot that is shown. Raises what `search` raises of them."""
    places = _places(tx, actor, group)
    lowest = {str(each): position for each, position in places.items()}
    hits = [
        hit
        for hit in page.hits
        if hit.entry.group in lowest and hit.entry.position >= lowest[hit.entry.group]
    ]
    return replace(page, hits=hits)


def _places(tx: ReadTx, actor: Actor, group: GroupId | None) -> Mapping[GroupId, int]:
    """Where the actor may look, each with the first position that is theirs to see."""
    if group is not None:
        return {group: service.reading_place(tx, actor, group).visible_from}
    policy.require(tx, actor, "messaging.save")
    return service.present_groups(tx, actor)


def _places_now(
    tx: ReadTx, actor: Actor, group: GroupId | None
) -> tuple[Mapping[GroupId, int], Mapping[str, int]]:
    """The places, and how many entries each of the groups has."""
    places = _places(tx, actor, group)
    return places, tx.reader.numbers(tx, places)


def _text_of(entry: Recorded) -> str:
    names = [note.name for _, note in files_of(entry)]
    return "\n".join([entry.fact.text, *names])


def _spans(wanted: Wanted, entry: Recorded, changed: Changed) -> tuple[tuple[int, int], ...] | None:
    """Where the words stand in the text of now; None when the message is not what is wanted."""
    fact: Any = entry.fact
    if changed.recall is not None or changed.row is None:
        return None
    at = fact.sent_at if isinstance(fact, MessageReleased) else entry.at
    files = files_of(entry)
    if (
        (wanted.sender is not None and author_of(entry) != wanted.sender)
        or (wanted.since is not None and at < wanted.since)
        or (wanted.until is not None and at >= wanted.until)
        or (wanted.with_files and not files)
    ):
        return None
    told = changed.edit if changed.edit is not None else entry
    text = fold(told.fact.text)
    names = "\n".join(fold(note.name) for _, note in files)
    found: list[tuple[int, int]] = []
    for word in wanted.words:
        places = _places_of(word, text)
        if not places and word not in names:
            return None
        found += places
    return tuple(sorted(found))


def _places_of(word: str, text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = text.find(word)
    while at >= 0 and len(found) < _MOST_SPANS:
        found.append((at, at + len(word)))
        at = text.find(word, at + len(word))
    return found
