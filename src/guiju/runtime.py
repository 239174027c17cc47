"""One organisation, opened: database, key store, ledger, lane and rule set. The only list of modules."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select

from guiju import spelling
from guiju.guarding import TextGuard
from guiju.kernel.blobs import open_blobs
from guiju.kernel.clock import Clock, SystemClock
from guiju.kernel.db import Database, ReadTx, open_database
from guiju.kernel.facts import Recorded
from guiju.kernel.ids import GroupId, PersonId
from guiju.kernel.jobs import run_due
from guiju.kernel.lane import Apply, Lane, ListVerb, WriteTx
from guiju.kernel.live import Presence, Router, View
from guiju.kernel.work import WorkSource
from guiju.ledger import tables
from guiju.ledger.binding import KeysRefusedError, check_folder
from guiju.ledger.keystore import KeyStore, open_keystore
from guiju.ledger.log import Log
from guiju.ledger.notes import Notes
from guiju.ledger.segments import Segments
from guiju.ledger.signer import PUBLISH, Signer, publish_many
from guiju.ledger.vault import Vault
from guiju.modules.approvals import _controls as approvals_controls
from guiju.modules.approvals import _jobs as approvals_jobs
from guiju.modules.approvals import _live as approvals_live
from guiju.modules.approvals import _work as approvals_work
from guiju.modules.approvals import service as approvals
from guiju.modules.approvals.types import Kind
from guiju.modules.bots import _controls as bots_controls
from guiju.modules.bots import _jobs as bots_jobs
from guiju.modules.bots import _live as bots_live
from guiju.modules.bots import service as bots
from guiju.modules.directory import _controls as directory_controls
from guiju.modules.directory import _jobs as directory_jobs
from guiju.modules.directory import _live as directory_live
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import Role
from guiju.modules.followup import _controls as followup_controls
from guiju.modules.followup import _jobs as followup_jobs
from guiju.modules.followup import _live as followup_live
from guiju.modules.followup import _work as followup_work
from guiju.modules.followup import questioning, timing
from guiju.modules.followup import service as followup
from guiju.modules.groups import _controls as groups_controls
from guiju.modules.groups import _jobs as groups_jobs
from guiju.modules.groups import _live as groups_live
from guiju.modules.groups import applying
from guiju.modules.groups import service as groups
from guiju.modules.identity import _controls as identity_controls
from guiju.modules.identity import _jobs as identity_jobs
from guiju.modules.identity import service as identity
from guiju.modules.inspection import _controls as inspection_controls
from guiju.modules.inspection import dictionaries
from guiju.modules.inspection import service as inspection
from guiju.modules.inspection.types import Dictionary
from guiju.modules.messaging import _controls as messaging_controls
from guiju.modules.messaging import _jobs as messaging_jobs
from guiju.modules.messaging import _live as messaging_live
from guiju.modules.messaging import _work as messaging_work
from guiju.modules.messaging import composing, drafting, reads, sending, writers
from guiju.modules.messaging import service as messaging
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.notices import _controls as notices_controls
from guiju.modules.notices import _jobs as notices_jobs
from guiju.modules.notices import _live as notices_live
from guiju.modules.notices import _work as notices_work
from guiju.modules.notices import service as notices
from guiju.modules.outages import _controls as outages_controls
from guiju.modules.outages import _live as outages_live
from guiju.modules.outages import service as outages
from guiju.modules.policy import _controls as policy_controls
from guiju.modules.policy import _live as policy_live
from guiju.modules.policy import service as policy
from guiju.relations import PeopleAndGroups, RecentMessages
from guiju.settings import Settings

T = TypeVar("T")


def _heard(apply: Apply) -> Apply:
    """Facts that also say what became of answers: those are kept by a module above the one that records them."""

    def both(tx: WriteTx, entries: Sequence[Recorded]) -> None:
        apply(tx, entries)
        followup.hear(tx, entries)

    return both


def _both(lower: Router, higher: Router) -> Router:
    """Facts that also change what a module above the one that records them tells people."""
    return lambda view, entry: [*lower(view, entry), *higher(view, entry)]


APPLIERS: Mapping[str, Apply] = {
    "policy": policy.apply,
    "identity": identity.apply,
    "directory": directory.apply,
    "outages": outages.apply,
    "inspection": dictionaries.apply,
    "approvals": approvals.apply,
    "groups": _heard(groups.apply),
    "messaging": _heard(messaging.apply),
    "followup": followup.apply,
    "bots": bots.apply,
    "notices": notices.apply,
}
CONTROLS = (
    policy_controls,
    identity_controls,
    directory_controls,
    outages_controls,
    inspection_controls,
    approvals_controls,
    groups_controls,
    messaging_controls,
    followup_controls,
    bots_controls,
    notices_controls,
)
ROUTERS: Mapping[str, Router] = {
    "policy": policy_live.deliveries,
    "directory": _both(
        _both(directory_live.deliveries, approvals_live.of_deputies), groups_live.of_people
    ),
    "outages": outages_live.deliveries,
    "approvals": approvals_live.deliveries,
    "groups": groups_live.deliveries,
    "messaging": _both(messaging_live.deliveries, followup_live.of_messages),
    "followup": followup_live.deliveries,
    "bots": bots_live.deliveries,
    "notices": notices_live.deliveries,
}
PRESENCE: Mapping[str, Presence] = groups_live.PRESENCE
FORESEEABLE = messaging_live.FORESEEABLE
# The organisation's own risk model, in its data folder; `guiju train-risk --decisions` writes it.
RISK_MODEL = "risk_model.bin"
JOBS = (
    approvals_jobs,
    bots_jobs,
    directory_jobs,
    followup_jobs,
    groups_jobs,
    identity_jobs,
    messaging_jobs,
    notices_jobs,
)
WORK: tuple[WorkSource, ...] = (messaging_work, notices_work, followup_work, approvals_work)


def wire() -> None:
    """Register what the modules offer to one another; safe to call again."""
    for offered in CONTROLS:
        policy.register(offered.CONTROLS, offered.OPERATIONS)
    policy.connect(PeopleAndGroups(), roles=[role.value for role in Role], flows=[applying.KIND])
    identity.connect(directory.Marks())
    writers.connect(bots.Writers())
    dictionaries.connect(RecentMessages())
    approvals.register_kind(
        Kind(applying.KIND, applying.on_approved, applying.on_closed, applying.describe)
    )
    approvals.register_kind(Kind(bots.KIND, bots.on_approved, bots.on_closed, bots.describe))


@dataclass
class Runtime:
    """An open organisation. Everything that changes it goes through `lane`."""

    settings: Settings
    clock: Clock
    database: Database
    keys: KeyStore
    log: Log
    inspector: Inspector
    lane: Lane
    signer: Signer
    vault: Vault
    notes: Notes
    segments: Segments
    names: dict[PersonId, str] = field(default_factory=dict)

    def write(self, verb: Callable[[WriteTx], T]) -> T:
        """Run a verb and wait for its commit."""
        return self.lane.write(verb)

    def read(self, verb: Callable[[ReadTx], T]) -> T:
        """Run a reading verb on one snapshot."""
        with self.reading() as tx:
            return verb(tx)

    @contextmanager
    def reading(self) -> Iterator[ReadTx]:
        """One snapshot."""
        with self.database.read() as connection:
            yield ReadTx(connection, self.clock.now(), self.log)

    def new_view(self, tx: ReadTx | None = None) -> View:
        """A view for rendering, on `tx` or on a snapshot that it opens when it needs one."""
        return View(self.names, writers.name_of, _group_name, self.reading, tx)

    def forget_names(self, entries: Sequence[Recorded]) -> None:
        """Look names up again that `entries` changed; before anything is rendered for them."""
        for entry in entries:
            if entry.kind == "directory.person_changed":
                self.names.pop(entry.fact.person, None)

    def run_due(self) -> int:
        """Run the jobs that are due."""
        return run_due(self.lane)

    @property
    def origin(self) -> str:
        return str(self.read(lambda tx: tx.scalar(select(tables.head.c.origin))))

    def close(self) -> None:
        """Finish what is waiting and close the files."""
        self.signer.stop()
        self.lane.stop()
        self.database.close()
        self.keys.close()


def _group_name(tx: ReadTx, group: GroupId) -> str:
    found = groups.find_group(tx, group)
    return found.name if found is not None else group


def open_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Open an organisation that exists; the lane runs when this returns. Raises KeysRefusedError."""
    wire()
    clock = clock or SystemClock()
    database = open_database(settings.database)
    try:
        check_folder(settings.keys, database)
    except KeysRefusedError:
        database.close()
        raise
    keys = open_keystore(settings.keys, settings.database)
    log, inspector = Log(keys), Inspector(settings.data / RISK_MODEL)
    blobs = open_blobs(settings.files)
    list_verbs: dict[str, ListVerb] = {
        sending.KIND: lambda tx, sends: sending.send_many(tx, inspector, sends),
        composing.MARK_KIND: reads.mark_read_many,
        PUBLISH: publish_many,
    }
    lane = Lane(
        database, log, clock, _live_appliers(), list_verbs, policy.record_attempt, guard=TextGuard(inspector),
        aheads={sending.KIND: messaging.send_ahead},
    )  # fmt: skip
    runtime = Runtime(
        settings,
        clock,
        database,
        keys,
        log,
        inspector,
        lane,
        Signer(database, settings.keys, clock),
        Vault(blobs, keys),
        Notes(keys),
        Segments(blobs, keys),
    )
    if runtime.read(policy.find_pack) is not None:
        runtime.read(inspector.follow)
    lane.start()
    return runtime


def _live_appliers() -> dict[str, Apply]:
    """The appliers with what only happens once: what those leave behind who go is removed, and timers are set, of which a
    replay knows nothing.
    """

    def forgetting(apply: Apply) -> Apply:
        def both(tx: WriteTx, entries: Sequence[Recorded]) -> None:
            apply(tx, entries)
            drafting.forget(tx, entries)

        return both

    def spelling_names(tx: WriteTx, entries: Sequence[Recorded]) -> None:
        APPLIERS["directory"](tx, entries)
        spelling.follow(tx, entries)

    def waking(tx: WriteTx, entries: Sequence[Recorded]) -> None:
        APPLIERS["messaging"](tx, entries)
        questioning.wake(tx, entries)
        timing.wake(tx, entries)

    leaving = {name: forgetting(APPLIERS[name]) for name in ("groups", "identity")}
    return {**APPLIERS, **leaving, "directory": spelling_names, "messaging": waking}


def packs_folder() -> Path:
    """Where the shipped packs lie: in the package, or in the checkout beside it."""
    inside = Path(__file__).parent / "packs"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "packs"


def shipped_packs() -> list[str]:
    """The ids of the shipped packs."""
    return sorted(path.stem for path in packs_folder().glob("*.yaml"))


def load_pack(pack_id: str) -> tuple[str, Mapping[str, str]]:
    """(YAML, dictionaries) of a shipped pack."""
    text = (packs_folder() / f"{pack_id}.yaml").read_text(encoding="utf-8")
    return text, load_dictionaries(policy.dictionary_names(text))


def all_dictionaries() -> tuple[str, ...]:
    """The names of all shipped dictionaries."""
    return tuple(sorted(path.stem for path in (packs_folder() / "dictionaries").glob("*.yaml")))


def shipped_dictionaries(*names: str) -> list[Dictionary]:
    """Shipped dictionaries as inspection takes them."""
    return [
        inspection.read_dictionary(packs_folder() / "dictionaries" / f"{name}.yaml")
        for name in names
    ]


def load_dictionaries(names: list[str]) -> Mapping[str, str]:
    """The texts of shipped dictionaries; names that are not shipped are left out."""
    folder = packs_folder() / "dictionaries"
    known = {path.stem: path for path in folder.glob("*.yaml")}
    return {name: known[name].read_text(encoding="utf-8") for name in names if name in known}
