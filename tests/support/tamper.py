"""Changing what is stored past the ledger, and putting it back: for tests that must see it noticed."""

import hashlib
import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, insert, select, update

from guiju.kernel.actor import Actor
from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.db import Database, governed_tables
from guiju.kernel.ids import GroupId
from guiju.kernel.lane import Apply
from guiju.ledger import replay as replaying
from guiju.ledger import tables, tiles, tree
from guiju.ledger.entry import decode_leaf, encode_leaf
from guiju.ledger.findings import Findings
from guiju.ledger.keystore import wrapped_key
from guiju.ledger.log import Log
from guiju.modules.directory import service as directory
from guiju.modules.followup import absences, asking
from guiju.modules.groups import direct, governing, roster
from guiju.modules.identity import service as identity
from guiju.modules.inspection import dictionaries, documents, exemptions
from guiju.modules.inspection._lists import read_list
from guiju.modules.inspection.governed import DocumentPrints
from guiju.modules.messaging import (
    burning,
    forwarding,
    overseeing,
    pinning,
    reacting,
    reads,
    review,
    templating,
    topics,
    urging,
)
from guiju.modules.messaging.change_types import ALL, Reaction
from guiju.modules.messaging.forward_types import Wanted
from guiju.modules.messaging.review_types import Permission
from guiju.modules.messaging.template_types import TemplateField
from guiju.modules.notices import acknowledging, issuing
from guiju.modules.notices.types import Audience, Question, Wording
from guiju.modules.outages import service as outages
from guiju.modules.outages.types import Outage
from guiju.runtime import APPLIERS
from guiju.setup import SYSTEM
from tests.support.apart import barrier_input, people, set_barrier
from tests.support.asking import raise_question
from tests.support.checks import check_ledger, verify_stored
from tests.support.deputies import stand_in
from tests.support.postgres import fresh_database
from tests.support.robots import make_bot, new_webhook
from tests.support.sending import urge, with_editing
from tests.support.uploading import attached, close_uploads, uploads_of
from tests.support.world import World

Row = dict[str, Any]
REBUILT = replaying.rebuilt
STORED = (*tables.TABLES, *governed_tables(), wrapped_key)


def database_of(world: World, table: Table) -> Database:
    """Where a table lives: the keys are apart from the data."""
    return (
        world.runtime.keys._database if table is wrapped_key else world.runtime.database
    )  # tampering reaches everywhere


def rows_of(world: World, table: Table) -> list[Row]:
    """All rows, by primary key."""
    with database_of(world, table).read() as connection:
        found = connection.execute(select(table).order_by(*table.primary_key))
        return [dict(row._mapping) for row in found]  # SQLAlchemy's public name


def put_rows(world: World, table: Table, rows: Sequence[Row]) -> None:
    """Replace everything in a table."""
    with database_of(world, table).write() as connection:
        connection.execute(delete(table))
        if rows:
            connection.execute(insert(table), rows)


@contextmanager
def undone(world: World, *changed: Table) -> Iterator[None]:
    """Put the tables (all, when none is named) and the files of the keys folder back at the end."""
    kept = {table: rows_of(world, table) for table in changed or STORED}
    folder = world.settings.keys
    files = {
        path: path.read_bytes() for path in folder.iterdir() if path.suffix in (".json", ".key")
    }
    try:
        yield
    finally:
        for table, rows in kept.items():
            put_rows(world, table, rows)
        for path, content in files.items():
            path.write_bytes(content)


def failing(world: World, *heads: str) -> dict[int, dict[str, Any]]:
    """Step → first finding, of the steps that fail."""
    verdict = verify_stored(world, *heads)
    return {check.step: check.first_bad or {} for check in verdict.checks if not check.ok}


def change(world: World, table: Table, where: Row, **values: Any) -> None:
    """Set columns of one row."""
    here = [table.c[name] == value for name, value in where.items()]
    with database_of(world, table).write() as connection:
        changed = connection.execute(update(table).where(*here).values(**values)).rowcount
    assert changed == 1, "exactly one row was to change"


def rewrite_leaf(world: World, position: int, edit: Callable[[dict[str, Any]], None]) -> None:
    """Store another leaf, in its one valid form, with the columns beside it as it says."""
    rows = rows_of(world, tables.entry)
    leaf = json.loads(rows[position]["leaf"])
    edit(leaf)
    row = {"leaf": encode_leaf(leaf), "kind": leaf["k"], "grp": leaf["g"], "actor": leaf["a"]}
    change(world, tables.entry, {"position": position}, **row)


def rewrite_head(world: World) -> None:
    """Make head and tiles fit the entries that are stored: what somebody who holds the whole database can do."""
    entries = rows_of(world, tables.entry)
    hashes = [tree.leaf_hash(row["leaf"]) for row in entries]
    grown = tree.CompactRange.empty().append(hashes)
    _, complete = tiles.complete_tiles(0, {}, hashes)
    put_rows(
        world,
        tables.tile,
        [{"level": tile.level, "number": tile.index, "hashes": tile.hashes} for tile in complete],
    )
    origin = rows_of(world, tables.head)[0]["origin"]
    at = decode_leaf(entries[-1]["leaf"]).t
    head = {
        "id": 1,
        "origin": origin,
        "size": grown.size,
        "root": grown.root(),
        "range": grown.encode(),
        "at": at,
    }
    put_rows(world, tables.head, [head])


# ---- a world in which every table has rows -----------------------------------------------------------------------


@contextmanager
def open_town(request: pytest.FixtureRequest) -> Iterator[World]:
    """A settled world on the database that the parameter names, for a whole module.

    Every test MUST undo what it alters: in the end the ledger has to verify.
    """
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(fresh_database(server, f"guiju_{secrets.token_hex(6)}"))
        folder = Path(tempfile.mkdtemp(prefix="guiju-test-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        world = World(url, folder)
        stack.callback(world.close)
        settle(world)
        check_ledger(world)
        with rebuilt_once(world):
            yield world
        check_ledger(world)


@contextmanager
def rebuilt_once(world: World) -> Iterator[None]:
    """Have replays of what this world has recorded until now compare with one rebuild: the same facts make the same rows.

    Of another ledger, or with other keys, the tables are built again each time.
    """
    settled = _recorded(world)

    @contextmanager
    def known(
        connection: Connection, log: Log, appliers: Mapping[str, Apply], findings: Findings
    ) -> Iterator[Connection | None]:
        if (_entries(connection), _keys_of(world)) == settled:
            yield kept
        else:
            with REBUILT(connection, log, appliers, findings) as made:
                yield made

    with ExitStack() as stack:
        kept = stack.enter_context(rebuilt_anew(world))
        stack.callback(setattr, replaying, "rebuilt", REBUILT)
        replaying.rebuilt = known
        yield


@contextmanager
def rebuilt_anew(world: World) -> Iterator[Connection]:
    """What the facts of a world make of the governed tables, built now."""
    findings, log = Findings(), Log(world.runtime.keys)
    with (
        world.runtime.database.read() as connection,
        REBUILT(connection, log, APPLIERS, findings) as made,
    ):
        assert made is not None, findings.verdict()
        yield made


def _recorded(world: World) -> tuple[bytes, bytes]:
    with world.runtime.database.read() as connection:
        return _entries(connection), _keys_of(world)


def _entries(connection: Connection) -> bytes:
    return _digest(connection.execute(select(tables.entry).order_by(tables.entry.c.position)))


def _keys_of(world: World) -> bytes:
    with world.runtime.keys._database.read() as connection:
        return _digest(connection.execute(select(wrapped_key).order_by(*wrapped_key.primary_key)))


def _digest(rows: Iterable[Any]) -> bytes:
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).digest()


def settle(world: World) -> None:
    """Fill every ledger table but the tiles, and every governed table, through the verbs."""
    security, reviewer = world.person("孙安", "security_admin"), world.person("周审", "reviewer")
    world.person("王登记", "registrar")
    head = world.person("刘总", post="总经理")
    world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, head.person_id))
    stand_in(world, head.person_id, world.person("马代理").person_id)
    world.add_unit("一车间", head=head.person_id)
    owner, deputy = world.person("张三"), world.person("李四")
    members = [world.person(name) for name in ("赵六", "钱七", "吴八")]
    group = world.group(owner, [deputy], members, rules="一、守纪律", end_date="2027-03-31")
    _govern(world, security, members[0])
    _talk(world, group, members, reviewer)
    _change(world, group, owner, members[0])
    world.write(lambda tx: direct.open_direct(tx, owner, members[0].person_id))
    set_barrier(world, security, barrier_input(people(members[1]), people(members[2])))
    _address(world, group, owner, members[0])
    _follow(world, group, owner, members[0])
    _report(world, members[0], world.person("徐维护", "it"))
    world.write(lambda tx: governing.publish_rules(tx, owner, group, text="一、守纪律；二、不外传"))
    world.write(lambda tx: roster.ask_to_leave(tx, members[2], group, reason="调岗"))
    world.group(owner, [deputy], members[:1])
    leaver = world.person("郑九")
    account = world.read(lambda tx: identity.find_account_of(tx, leaver.person_id))
    assert account is not None, "the person has one"
    world.write(lambda tx: identity.suspend(tx, security, account.id, reason="离职"))
    world.runtime.signer.sign_now(world.runtime.lane)
    world.write(lambda tx: roster.sign_rules(tx, members[0], group, version=2))
    world.send(members[0], group, "收工")
    world.runtime.signer.sign_now(world.runtime.lane)
    for table in STORED:
        if table is not tables.tile:
            assert len(rows_of(world, table)) >= 1, f"{table.name} has rows"


def _govern(world: World, security: Actor, exempt: Actor) -> None:
    """A dictionary, a registered document and an exemption of the organisation's own."""
    report = read_list("list.txt", "小金库\n".encode())
    until = world.clock.now() + DAY
    world.write(
        lambda tx: dictionaries.add(tx, security, title="清单", category="org", report=report)
    )
    kept = DocumentPrints(tuple(range(9)), ())
    planned = world.read(
        lambda tx: documents.planned(
            tx, security, title="方案", level="secret", disposition="hold", classes=(), use="6.7/messaging.content",
            kept=kept,
        )
    )  # fmt: skip
    world.write(lambda tx: documents.register(tx, security, to=planned))
    world.write(
        lambda tx: exemptions.grant(
            tx, security, person=exempt.person_id, group=None, rule="ads", until=until, reason="x"
        )
    )


def _talk(world: World, group: Any, members: list[Actor], reviewer: Actor) -> None:
    """Messages of every state."""
    first = world.send(members[0], group, "大家好")
    world.send(members[1], group, "收到", quote=first.position, mentions=(members[0].person_id,))
    world.send(members[0], group, "证件号 11010119900307889X")
    world.send(members[0], group, "去赌博网站玩")
    held = [world.send(members[1], group, f"标底清单之{number}").position for number in range(5)]
    allow = Permission(0, world.clock.now() + DAY, everywhere=False)
    world.write(
        lambda tx: review.release(tx, reviewer, held[0], masked=False, reason="", allow=allow)
    )
    world.write(lambda tx: overseeing.read_review(tx, reviewer, held[4]))
    for position in held[1:4]:  # as many as switch a pre-review on
        world.write(lambda tx, at=position: review.refuse(tx, reviewer, at, reason="涉密"))  # type: ignore[misc]  # bound at once
    world.runtime.signer.sign_now(world.runtime.lane)


def _change(world: World, group: GroupId, owner: Actor, member: Actor) -> None:
    """What may become of a message, and one with a file."""
    world.adopt(with_editing)
    shown = world.send(member, group, "明天开工").position
    world.edit(member, group, shown, "后天开工")
    world.write(lambda tx: reacting.react(tx, owner, group, shown, Reaction.OK, on=True))
    world.write(lambda tx: pinning.pin(tx, owner, group, shown, on=True))
    called = world.send(owner, group, "请大家看", mentions=(ALL,), members=True).position
    world.write(lambda tx: reads.remind(tx, owner, group, called))
    world.write(lambda tx: topics.flag(tx, member, group, called))
    world.write(
        lambda tx: templating.save(
            tx,
            owner,
            group,
            template=None,
            title="通知",
            fields=[TemplateField("正文")],
            attachment=False,
        )
    )
    inspector = world.runtime.inspector
    for source in (shown, called):
        wish = Wanted(f"f{source}", group, group, (source,), merged=False)
        world.write(lambda tx, wish=wish: forwarding.forward(tx, inspector, owner, wish))  # type: ignore[misc]  # bound at once
    world.write(lambda tx: topics.freeze(tx, owner, group, shown, on=True, reason="x"))
    uploads = uploads_of(world)
    world.send(member, group, "", files=attached(uploads, member, group, "a.txt", b"plan"))
    close_uploads(uploads)
    call = urge(world, owner, group, "马上停机", "u1").receipt.position
    urge(world, owner, group, "马上开机", "u2")
    world.write(lambda tx: urging.confirm(tx, member, group, call, needless=True))
    wrong = world.send(owner, group, "七点开工").position
    world.send(owner, group, "八点开工", corrects=wrong)
    burns = world.send(owner, group, "口令在抽屉里", burn=30).position
    world.write(lambda tx: burning.open_message(tx, member, group, burns))


def _report(world: World, member: Actor, keeper: Actor) -> None:
    """An outage that was settled, and one that waits."""
    now = world.clock.now()
    made = [
        world.write(
            lambda tx, end=end: outages.report(  # type: ignore[misc]  # bound at once
                tx, member, Outage.SEND, since=now - HOUR, until=end, words="发不出去"
            )
        )
        for end in (now, None)
    ]
    world.write(lambda tx: outages.handle(tx, keeper, [made[0].position], answer="已恢复"))


def _address(world: World, group: GroupId, owner: Actor, member: Actor) -> None:
    """A bot of the group, an address outside that is told of events, and a notice that was acknowledged."""
    make_bot(world, owner, group)
    new_webhook(world, 1, is_disabled=False)
    issuer = world.person("陈通知", "registrar")
    wording = Wording("开会", "八点", (Question("几点？", ("八点", "九点"), (0,)),))
    to = Audience(people=(member.person_id,))
    made = world.write(
        lambda tx: issuing.publish(tx, issuer, wording=wording, audience=to, hours=8, people=1)
    )
    world.write(lambda tx: acknowledging.acknowledge(tx, member, made, version=1, answers=((0,),)))


def _follow(world: World, group: GroupId, owner: Actor, member: Actor) -> None:
    """A message that asked for an answer, and got none in time, but one that came late, as was told beforehand."""
    message = world.send(owner, group, "请回复").position
    people = [member.person_id]
    world.write(lambda tx: asking.ask(tx, owner, group, message, people=people, hours=1))
    raise_question(world, member, group, message, world.unit)
    until = world.clock.now() + DAY
    world.write(lambda tx: absences.set_absence(tx, member, until=until, reason="手术中"))
    world.later(2 * HOUR)
    world.write(lambda tx: absences.end_absence(tx, member))
    world.send(member, group, "好的", quote=message)


def fill_tiles(world: World) -> None:
    """Enough entries for two complete tiles."""

    def many(tx: Any) -> None:
        for number in range(260):
            directory.add_person(
                tx, SYSTEM, name=f"人{number}", staff_no=f"M{number:05d}", unit=world.unit
            )

    world.write(many)
    world.runtime.signer.sign_now(world.runtime.lane)
