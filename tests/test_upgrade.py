"""An organisation that an earlier version made: what its ledger says stands in the tables that were added since."""

from functools import partial
from pathlib import Path

import msgspec
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from guiju import migrations
from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.db import open_database
from guiju.kernel.jobs import job
from guiju.ledger.errors import LedgerError
from guiju.modules.followup import asking, questioning, questions
from guiju.modules.followup import service as followup
from guiju.modules.followup.question_types import QuestionState
from guiju.modules.followup.types import Answer
from guiju.modules.groups import barriers
from guiju.modules.messaging import correcting, prereview, recalling, review, review_queue
from guiju.modules.messaging.drafting import Drafts
from guiju.modules.messaging.unsent_types import Written
from guiju.runtime import open_runtime
from guiju.setup import initialise
from guiju.verification import verify_organisation
from tests.support.apart import barrier_input, people, set_barrier
from tests.support.asking import raise_question
from tests.support.office import open_office
from tests.support.robots import free_bots, make_bot
from tests.support.uploading import door_of
from tests.support.world import World

REVISION = "20261124_review_queue"
# Its own, and those that later revisions added.
TABLES = (
    "directory_spelling",
    "directory_import_progress",
    "messaging_review",
    "messaging_hit",
    "messaging_exception",
    "messaging_prereview",
    "inspection_document",
    "messaging_setting",
    "messaging_saved",
    "messaging_reaction",
    "messaging_pin",
    "messaging_edit",
    "messaging_mention_all",
    "messaging_file",
    "messaging_upload",
    "messaging_forward",
    "messaging_draft",
    "messaging_scheduled",
    "messaging_notification",
    "messaging_push",
    "messaging_push_cursor",
    "messaging_quiet",
    "messaging_urgent",
    "messaging_called",
    "messaging_burn",
    "messaging_burn_reader",
    "messaging_correction",
    "messaging_reminded",
    "messaging_reading",
    "bots_bot",
    "bots_key",
    "bots_webhook",
    "bots_progress",
    "bots_delivery",
    "notices_notice",
    "notices_version",
    "notices_recipient",
    "messaging_flag",
    "messaging_frozen",
    "messaging_template",
    "groups_direct",
    "groups_barrier",
    "followup_request",
    "followup_part",
    "followup_told",
    "followup_said",
    "directory_deputy",
    "followup_question",
    "followup_absence",
    "outages_report",
    "groups_block",
)
COLUMNS = ("thread", "recalled", "edited", "moved")
GROUP_COLUMNS = ("publishers", "topics", "hours")
SECRET = "这是核心配方"


def take_back(world: World) -> None:
    """Make the database what it was before the review queue had tables of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    before = ScriptDirectory.from_config(config).get_revision(REVISION).down_revision
    database = open_database(world.settings.database)
    with database.write() as connection:
        for table in TABLES:
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("DROP INDEX messaging_message_thread"))
        connection.execute(text("DROP INDEX messaging_message_moved"))
        for column in COLUMNS:
            connection.execute(text(f"ALTER TABLE messaging_message DROP COLUMN {column}"))
        for column in GROUP_COLUMNS:
            connection.execute(text(f"ALTER TABLE groups_group DROP COLUMN {column}"))
        connection.execute(text("DROP INDEX approval_seat_deputy"))
        connection.execute(text("ALTER TABLE approval_seat DROP COLUMN deputy"))
        connection.execute(text("ALTER TABLE ledger_checkpoint DROP COLUMN chain"))
        connection.execute(
            text("CREATE INDEX messaging_message_held ON messaging_message (position)")
        )
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{before}'"))
    database.close()


def test_what_waited_before_waits_afterwards(world: World) -> None:
    office = open_office(world)
    group = office.group()
    decided, waiting = (world.send(office.member, group, SECRET).position for _ in range(2))
    world.write(lambda tx: review.release(tx, office.reviewer, decided, masked=True, reason="x"))
    world.send(office.member, group, "去赌博网站玩")
    world.runtime.close()
    take_back(world)
    initialise(world.settings)
    verdict = verify_organisation(world.settings, replay=True)
    assert verdict.ok, verdict.first_bad
    world.runtime = open_runtime(world.settings, world.clock)
    found = world.read(lambda tx: review_queue.list_reviews(tx, office.reviewer, decided=False))
    assert [each.row.position for each in found] == [waiting]
    (done,) = world.read(lambda tx: review_queue.list_reviews(tx, office.reviewer, decided=True))
    assert done.row.position == decided and done.queue.verdict == "masked"


def test_a_ledger_that_cannot_be_read_stops_the_upgrade(world: World) -> None:
    office = open_office(world)
    world.send(office.member, office.group(), SECRET)
    world.runtime.close()
    take_back(world)
    database = open_database(world.settings.database)
    with database.write() as connection:
        entry = "UPDATE ledger_entry SET sealed = NULL WHERE kind = 'messaging.held'"
        sealed = connection.execute(text("SELECT position, sealed FROM ledger_entry WHERE kind = 'messaging.held'")).one()  # fmt: skip
        connection.execute(text(entry))
    with pytest.raises(LedgerError):
        initialise(world.settings)
    with database.write() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        assert version != REVISION, "nothing was changed"
        restore = text("UPDATE ledger_entry SET sealed = :sealed WHERE position = :position")
        connection.execute(restore, {"sealed": sealed.sealed, "position": sealed.position})
    database.close()
    initialise(world.settings)
    world.runtime = open_runtime(world.settings, world.clock)


_SINCE = (
    "DROP TABLE followup_absence",
    "ALTER TABLE followup_part DROP COLUMN told",
    "DROP INDEX notices_recipient_missing",
    "DROP TABLE outages_report",
    "ALTER TABLE groups_group DROP COLUMN hours",
    "DROP TABLE groups_block",
    "ALTER TABLE messaging_upload DROP COLUMN waits_for",
    "CREATE TABLE draft_before AS SELECT person, grp, at, sealed FROM messaging_draft",
    "DROP TABLE messaging_draft",
    "ALTER TABLE draft_before RENAME TO messaging_draft",
    "DROP TABLE messaging_reading",
    "DROP TABLE messaging_reminded",
    "ALTER TABLE messaging_review DROP COLUMN told",
    "ALTER TABLE messaging_review DROP COLUMN counted",
    "DROP INDEX bots_bot_responsible",
    "DROP INDEX followup_question_corrected",
    "ALTER TABLE followup_question DROP COLUMN corrected",
    "ALTER TABLE followup_question DROP COLUMN corrected_at",
    "ALTER TABLE followup_question DROP COLUMN uncorrected",
)
"""Takes away what came after all the versions from which these tests upgrade."""


_OTHER_ORDER = (
    "DROP TABLE job",
    (
        "CREATE TABLE job (attempts INTEGER NOT NULL, leased_until BIGINT NOT NULL, payload VARCHAR NOT NULL, due_at BIGINT NOT NULL, "
        "key VARCHAR(128) NOT NULL, kind VARCHAR(64) NOT NULL, PRIMARY KEY (kind, key))"
    ),
    "CREATE INDEX job_due ON job (due_at)",
)
"""No timer, and a table whose columns stand in another order, as a migration may leave them."""


def upgrade_from(world: World, *statements: str) -> None:
    """Make the tables as an older version left them, upgrade, and open the organisation again; its ledger verifies."""
    world.runtime.close()
    database = open_database(world.settings.database)
    with database.write() as connection:
        for statement in (*_SINCE, *statements):
            connection.execute(text(statement))
    database.close()
    initialise(world.settings)
    verdict = verify_organisation(world.settings, replay=True)
    assert verdict.ok, verdict.first_bad
    world.runtime = open_runtime(world.settings, world.clock)


def test_what_a_later_version_reads_otherwise_is_read_again(world: World) -> None:
    """A recalled correction counted once: the tables of that time say so, and the ledger is what they are made from."""
    office = open_office(world)
    group = office.group()
    wrong = world.send(office.member, group, "八点开工").position
    error = raise_question(world, office.owner, group, wrong, None)
    right = world.send(office.member, group, "九点开工", corrects=wrong).position
    world.write(lambda tx: recalling.recall(tx, office.member, group, right))
    upgrade_from(
        world,
        f"INSERT INTO messaging_correction VALUES ({right}, {wrong}, {wrong})",
        f"UPDATE followup_question SET state = 'closed', answer = {right}",
        "DROP TABLE followup_said",
        "UPDATE alembic_version SET version_num = '20261129_zzzzzdeputy_turns'",
    )
    assert world.read(lambda tx: correcting.newest_of(tx, wrong)) is None
    found = world.read(lambda tx: questions.find(tx, error))
    assert found.state is QuestionState.OPEN and found.answer is None
    world.later(20 * DAY)
    late = world.entries("followup.question_late")
    assert [entry.fact.refs for entry in late] == [(wrong, error)], "its timer has stayed"


def test_who_recalled_their_reply_is_asked_again(world: World) -> None:
    """A reply counted for good once, and no timer was left of what nobody waited for."""
    office = open_office(world)
    group, me = office.group(), office.member.person_id
    message = world.send(office.owner, group, "请回复").position
    world.write(lambda tx: asking.ask(tx, office.owner, group, message, people=[me], hours=1))
    said = world.send(office.member, group, "好的", quote=message).position
    world.write(lambda tx: recalling.recall(tx, office.member, group, said))
    upgrade_from(
        world,
        f"UPDATE followup_part SET answer = 'replied', at = 1, position = {said}",
        "DROP TABLE followup_said",
        "DELETE FROM job",
        "UPDATE alembic_version SET version_num = '20261129_zzzzzzuncorrected'",
    )
    (part,) = world.read(lambda tx: followup.parts_of(tx, message))
    assert part.answer is Answer.OPEN
    world.later(2 * HOUR)
    assert [entry.fact.people for entry in world.entries("followup.late")] == [(me,)]


def test_what_was_refused_of_a_bot_before_anybody_was_told_counts_for_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(world)
    world.adopt(free_bots)
    group = office.group()
    bot = Actor(bot=make_bot(world, office.owner, group).id)

    def refuse(count: int) -> None:
        for _ in range(count):
            held = world.send(bot, group, SECRET).position
            world.write(partial(review.refuse, actor=office.reviewer, position=held, reason="x"))
            world.later(3 * DAY)

    with monkeypatch.context() as earlier:
        earlier.setattr(prereview, "count", lambda tx, refused, written_at: None)
        refuse(2)
    upgrade_from(world, "UPDATE alembic_version SET version_num = '20261129_zzzzzzzreplies'")
    refuse(2)
    assert [each.counted for each in world.facts("messaging.bot_refused")] == [True, True]
    assert world.entries("messaging.prereview_began") == []
    refuse(1)
    assert len(world.entries("messaging.prereview_began")) == 1


def test_what_waits_again_has_a_timer_and_nothing_else_gets_one(world: World) -> None:
    office = open_office(world)
    world.adopt(lambda text: text.replace("levels: 2, per_day: 20}", "levels: 1, per_day: 20}"))
    group, me = office.group(), office.member.person_id

    def ask(hours: int) -> int:
        message = world.send(office.owner, group, "请回复").position
        world.write(lambda tx: asking.ask(tx, office.owner, group, message, people=[me], hours=hours))  # fmt: skip
        return int(message)

    def reply(message: int, *, recalled: bool = False) -> None:
        said = world.send(office.member, group, "好的", quote=message).position
        if recalled:
            world.write(lambda tx: recalling.recall(tx, office.member, group, said))

    def report() -> int:
        message = world.send(office.member, group, "八点开工").position
        return raise_question(world, office.owner, group, message, None)

    told, told_late = ask(1), report()
    for _ in range(2):
        world.later(20 * DAY)
    reply(told, recalled=True)
    answered, waiting, missed = ask(100), ask(100), ask(1)
    reply(answered)
    reply(missed, recalled=True)
    closed, again = report(), report()
    world.write(lambda tx: questioning.close(tx, office.owner, closed))
    rest = "due_at, payload, leased_until, attempts"
    upgrade_from(
        world,
        *_OTHER_ORDER,
        f"INSERT INTO job (kind, key, {rest}) VALUES ('followup.time', '{waiting}', 1, '{{}}', 0, 0)",
        f"INSERT INTO job (kind, key, {rest}) VALUES ('followup.time', '{missed}', 1, '{{}}', 0, 0)",
        "UPDATE alembic_version SET version_num = '20261129_zzzzzzzreplies'",
    )
    late = world.read(lambda tx: questions.find(tx, told_late))
    assert late.state is QuestionState.OPEN and late.late and late.next_at is None
    (part,) = world.read(lambda tx: followup.parts_of(tx, told))
    assert part.answer is Answer.OPEN and part.level == 1 and part.next_at is None
    timers = world.read(lambda tx: tx.all(select(job.c.kind, job.c.key, job.c.due_at)))
    (part,) = world.read(lambda tx: followup.parts_of(tx, missed))
    assert set(map(tuple, timers)) == {
        ("followup.time", str(waiting), 1),
        ("followup.time", str(missed), part.due_at),
        ("followup.question_time", str(again), world.read(lambda tx: questions.find(tx, again)).remind_at),
    }  # fmt: skip


def test_a_barrier_that_lies_ahead_tells_of_its_beginning(world: World) -> None:
    office = open_office(world)
    admin, now = world.person("孙安", "security_admin"), world.clock.now()
    wanted = barrier_input(
        people(office.member), people(office.owner), starts_at=now + DAY, ends_at=now + 2 * DAY
    )
    ahead, lifted = (set_barrier(world, admin, wanted).id for _ in range(2))
    world.write(lambda tx: barriers.lift_barrier(tx, admin, lifted, reason="x"))
    upgrade_from(
        world,
        "DELETE FROM job",
        "UPDATE alembic_version SET version_num = '20261129_zzzzzzzreplies'",
    )
    for past in (0, DAY, DAY, DAY):
        world.later(past)
    told = [(fact.barrier, fact.stands) for fact in world.facts("groups.barrier_turned")]
    assert told == [(ahead, True), (ahead, False)]


def test_a_draft_from_before_threads_had_their_own_is_still_there(world: World) -> None:
    """Of a thread or of the group: which one it was stands in what is sealed."""
    office = open_office(world)
    group, other = office.group(), office.group(name="澄远乙班工作群")
    said = world.send(office.owner, group, "大家好").position
    old, now = Written("回复一半", None, said), world.clock.now()
    label = f"draft/{group}"
    sealed = world.runtime.notes.seal(office.member.person_id, label, msgspec.json.encode(old), now)
    drafts_of(world).keep(office.member, group, Written(""), now)
    drafts_of(world).keep(office.member, other, Written("写一半"), now)
    with world.runtime.database.write() as connection:
        connection.execute(
            text("UPDATE messaging_draft SET sealed = :sealed WHERE grp = :grp"),
            {"sealed": sealed, "grp": group},
        )
    upgrade_from(
        world,
        "DROP TABLE followup_said",
        "UPDATE alembic_version SET version_num = '20261129_zzzzzdeputy_turns'",
    )
    found = {row.group: written for row, written in drafts_of(world).all_of(office.member)}
    assert found == {group: old, other: Written("写一半")}
    drafts_of(world).keep(office.member, group, Written("另写", thread=said), world.clock.now())
    assert len(drafts_of(world).all_of(office.member)) == 3


def drafts_of(world: World) -> Drafts:
    return Drafts(door_of(world), world.runtime.notes, world.clock)
