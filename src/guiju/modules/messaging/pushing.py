"""Telling browsers that are closed what came, beside the lane. The ledger is the queue, with one cursor for all.

A push is a hint: what it tells of is in the ledger, and the browser reads it there. So the cursor moves once pushes wait
here, a push is tried a few times, and none of them ever holds up a message, nor for long another push (`_push_turns`):
people name the addresses. What never answers is left alone and in the end forgotten.
"""

import itertools
import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec

from guiju.kernel import webpush
from guiju.kernel.actor import Actor
from guiju.kernel.clock import HOUR, MINUTE, Clock
from guiju.kernel.db import DatabaseUnavailableError, EntryQuery, ReadTx
from guiju.kernel.facts import Recorded
from guiju.kernel.gate import Door
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.posting import AddressRefusedError, Poster
from guiju.kernel.work import WorkSource
from guiju.modules.groups import service as groups
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import SessionId
from guiju.modules.messaging import _device_store, devices
from guiju.modules.messaging._push_news import KINDS, GroupNews, Reader, as_now
from guiju.modules.messaging._push_turns import THREADS, Turns
from guiju.modules.messaging._work_news import Waiting, WorkPush
from guiju.modules.messaging.device_types import (
    BadSubscriptionError,
    News,
    PushOffError,
    Subscription,
)
from guiju.modules.policy.types import PRESENT

_log = logging.getLogger("guiju.push")
MOST_ENTRIES, MOST_WAITING, MOST_LOOKED, LONGEST_URL = 500, 10_000, 200, 1000
OLDEST = HOUR
"""What came before that while the server stood still is not pushed any more."""
WAITS = (2_000, 8_000)
"""Before another try where the service is busy or does not answer."""
POST_SECONDS = 5.0
"""So long a push may take, from asking for the name of its service on."""
MOST_FAILURES, REST = 8, 10 * MINUTE
"""So many failures in a row end a subscription; after each it rests so much longer."""
_SAVE_EVERY = 10_000
_GONE = (404, 410)
_BUSY = 429
_Push = News | WorkPush
_Browsers = Mapping[PersonId, Sequence[Subscription]]


class Pusher:
    """Pushes what is new to people who look at no screen. Its methods wait: call them from threads.

    Without a `contact` for the push services it is off, and tells nobody anything.
    """

    def __init__(
        self,
        door: Door,
        poster: Poster,
        secret: Callable[[], bytes],
        clock: Clock,
        contact: str,
        is_watching: Callable[[PersonId], bool],
        *,
        work: Sequence[WorkSource],
    ) -> None:
        self._door, self._poster, self._clock = door, poster, clock
        self._contact, self._is_watching, self._work = contact, is_watching, Waiting(work)
        self._key = webpush.signing_key(secret()) if contact else None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="push")
        self._lock = threading.Lock()
        # By browser and place: a newer one stands for what was not pushed yet. With the tries and the next time.
        self._waiting: dict[tuple[str, str], tuple[_Push, int, int]] = {}
        self._turns = Turns()
        self._is_closing = False
        self._failures: dict[str, int] = {}
        self._rests: dict[str, int] = {}
        self._position: int | None = None
        self._saved: tuple[int, int] = (-1, 0)

    @property
    def public_key(self) -> str | None:
        """What a browser needs to subscribe; None when pushes are off."""
        return None if self._key is None else webpush.public_key(self._key)

    def close(self) -> None:
        with self._lock:
            self._is_closing = True
        self._threads.shutdown(wait=True, cancel_futures=True)

    def subscribe(
        self, actor: Actor, session: str, *, endpoint: str, p256dh: str, auth: str, lang: str
    ) -> None:
        """Push to a browser of the actor for as long as its session lasts.

        Raises PushOffError, BadSubscriptionError, NotAllowedError or TooManySubscriptionsError.
        """
        if self._key is None:
            raise PushOffError("Pushes are not switched on here.")
        try:
            self._poster.check(endpoint)
        except AddressRefusedError as error:
            raise BadSubscriptionError(
                f"The address cannot be used: {error}.", field="endpoint"
            ) from error
        if len(endpoint) > LONGEST_URL:
            raise BadSubscriptionError("The address is too long.", field="endpoint")
        try:
            keys = webpush.from_url(p256dh), webpush.from_url(auth)
            webpush.check_keys(*keys)
        except ValueError as error:
            raise BadSubscriptionError("These are no keys of a browser.", field="keys") from error
        one = Subscription(
            devices.subscription_id(endpoint), session, actor.person_id, endpoint, *keys, lang
        )
        self._door.write_now(lambda tx: devices.subscribe(tx, actor, one))

    # ---- telling -----------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Hand over what came since the last time."""
        if self._key is None:
            return
        before = self._position
        self._position, news, ended = self._door.read_now(lambda tx: self._find(tx, before))
        if ended:
            self._door.write_now(lambda tx: devices.drop_subscriptions(tx, ended))
        self._keep(news)
        self._hand_over()
        saved, at = self._saved
        now, position = self._clock.now(), self._position
        if position != saved and (news or saved < 0 or now >= at + _SAVE_EVERY):
            self._door.write_now(lambda tx: _device_store.move_cursor(tx, position))
            self._saved = position, now

    def _keep(self, news: Sequence[_Push]) -> None:
        left_out = 0
        with self._lock:
            for each in news:
                key = each.subscription.id, each.place
                if (before := self._waiting.get(key)) is not None:
                    self._waiting[key] = _merged(before[0], each), 0, 0
                elif len(self._waiting) < MOST_WAITING:
                    self._waiting[key] = each, 0, 0
                else:
                    left_out += 1
        if left_out:
            _log.warning("%d pushes were left out: too many wait", left_out)

    def _hand_over(self) -> None:
        """Begin what may begin of what waits; the rest waits here, where a newer one stands for it.

        Thousands may wait for one and the same notice, and each of them that is told calls this: only some are looked at,
        and those that may not begin go behind all others, so that what one service holds up keeps none of another's waiting.
        """
        now = self._clock.now()
        with self._lock:
            if self._is_closing:
                return
            for key in list(itertools.islice(self._waiting, MOST_LOOKED)):
                if self._turns.is_full:
                    break
                news, tries, at = self._waiting.pop(key)
                to = news.subscription
                if at <= now and self._rests.get(to.id, 0) <= now and self._turns.take(to):
                    self._threads.submit(self._carry, news, tries).add_done_callback(_log_bug)
                else:
                    self._waiting[key] = news, tries, at

    def _carry(self, news: _Push, tries: int) -> None:
        """Push once, then begin the next."""
        try:
            self._tell(news, tries)
        finally:
            with self._lock:
                self._turns.give_back(news.subscription)
            self._hand_over()

    def _find(self, tx: ReadTx, cursor: int | None) -> tuple[int, Sequence[_Push], Sequence[str]]:
        """(the position that this reflects, what to tell, subscriptions whose session has ended)."""
        if cursor is None:
            cursor = _device_store.cursor(tx)
        known = _device_store.subscriptions(tx) if cursor is None or cursor < tx.position else ()
        if cursor is None or not known:
            return tx.position, (), ()
        kinds = KINDS + self._work.kinds
        entries = tx.entries(EntryQuery(kinds=kinds, after=cursor, limit=MOST_ENTRIES))
        reached = entries[-1].position if len(entries) == MOST_ENTRIES else tx.position
        alive = identity.sessions_alive(tx, [SessionId(each.session) for each in known])
        ended = [each.id for each in known if each.session not in alive]
        fresh = [each for each in entries if each.at > self._clock.now() - OLDEST]
        by_person: dict[PersonId, list[Subscription]] = defaultdict(list)
        for each in known:
            if each.session in alive and not self._is_watching(each.person):
                by_person[each.person].append(each)
        return (
            reached,
            [*self._news(tx, fresh, by_person), *self._pushes(tx, fresh, by_person)],
            ended,
        )

    def _news(
        self, tx: ReadTx, entries: Sequence[Recorded], by_person: _Browsers
    ) -> Iterator[News]:
        """The newest of each group for each browser whose person does not see it anyway."""
        by_group: dict[GroupId, list[Recorded]] = defaultdict(list)
        for entry in entries:
            if entry.kind in KINDS:
                assert entry.group is not None, "a message is in a group"
                by_group[entry.group].append(entry)
        readers: dict[PersonId, Reader] = {}
        for group, said in by_group.items():
            told = GroupNews(tx, group, said)
            for member in groups.members(tx, group):
                if member.state not in PRESENT or member.person not in by_person:
                    continue
                if member.person not in readers:
                    readers[member.person] = Reader(tx, member.person)
                reader = readers[member.person]
                if news := reader.untold(told, member):
                    for one in by_person[member.person]:
                        yield told.news(one, news, reader.told)

    def _pushes(
        self, tx: ReadTx, entries: Sequence[Recorded], by_person: _Browsers
    ) -> Iterator[WorkPush]:
        """One for each browser and kind of work that waits, however much of it came."""
        for person, mine in self._work.find(tx, entries, by_person.keys()).items():
            for works in mine.tags.values():
                for one in by_person[person]:
                    yield WorkPush.of(one, works)

    def _as_now(self, tx: ReadTx, waited: _Push) -> _Push | None:
        if isinstance(waited, News):
            return as_now(tx, waited)
        is_seen = self._is_watching(waited.subscription.person)
        return None if is_seen else self._work.as_now(tx, waited)

    def _tell(self, waited: _Push, tries: int) -> None:
        """Push once. Where the service is busy it waits for another try; an address that is gone is forgotten."""
        to = waited.subscription
        try:
            news = self._door.read_now(lambda tx: self._as_now(tx, waited))
        except DatabaseUnavailableError:
            self._put_back(waited, tries, WAITS[-1])
            return
        if news is None:
            return
        answer = self._poster.post(to.endpoint, self._headers(news), _body_of(news))
        with self._lock:
            self._turns.took(to, answer.took, answered=answer.status is not None)
        if answer.status is not None and answer.status < 400:
            self._failures.pop(to.id, None)
            return
        is_gone = answer.status in _GONE
        again = answer.status is None or answer.status == _BUSY or answer.status >= 500
        if again and tries < len(WAITS):
            self._put_back(news, tries + 1, WAITS[tries])
            return
        _log.warning("a push was not taken: %s", answer.problem or answer.status)
        failures = self._failures[to.id] = self._failures.get(to.id, 0) + 1
        if is_gone or failures >= MOST_FAILURES:
            self._door.write_now(lambda tx: devices.drop_subscriptions(tx, [to.id]))
            self._failures.pop(to.id, None)
            with self._lock:
                self._turns.forget(to.id)
        elif again:
            self._rests[to.id] = self._clock.now() + REST * failures

    def _put_back(self, news: _Push, tries: int, wait: int) -> None:
        """Have it wait for another try; something newer that waits already stands for it as well."""
        key, at = (news.subscription.id, news.place), self._clock.now() + wait
        with self._lock:
            if (newer := self._waiting.get(key)) is not None:
                self._waiting[key] = _merged(news, newer[0]), *newer[1:]
            else:
                self._waiting[key] = news, tries, at

    def _headers(self, news: _Push) -> Mapping[str, str]:
        assert self._key is not None, "only then there is something to tell"
        return {
            "authorization": webpush.authorization(
                self._key, news.subscription.endpoint, self._contact, self._clock.now()
            ),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(OLDEST // 1000),
            "urgency": "high",
            # A newer one for the same place replaces what the service still holds.
            "topic": devices.subscription_id(news.place + news.subscription.id),
        }


def _log_bug(carried: "Future[None]") -> None:
    """A bug must not end in silence: nobody waits for the result."""
    if carried.cancelled() or (error := carried.exception()) is None:
        return
    if not isinstance(error, DatabaseUnavailableError):
        _log.error("a push could not be told", exc_info=error)


def _merged(earlier: _Push, later: _Push) -> _Push:
    """One push for both, which are of one place."""
    if isinstance(earlier, News) and isinstance(later, News):
        return earlier.merged_with(later)
    assert isinstance(earlier, WorkPush) and isinstance(later, WorkPush), (
        "tags are no ids of groups"
    )
    return earlier.merged_with(later)


def _body_of(news: _Push) -> bytes:
    """What the browser opens: as little as its person and the rules want it to say."""
    to = news.subscription
    said = {**news.said, "lang": to.lang}
    return webpush.encrypt(msgspec.json.encode(said), to.p256dh, to.auth)
