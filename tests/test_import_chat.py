"""Importing a recorded chat: through the gate, marked as imported, nothing twice, nothing lost."""

import contextlib
import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from bench.servers import Session
from guiju.importing import (
    FileUnreadableError,
    GroupNotOpenError,
    NoAccountsError,
    NotAMemberError,
    Report,
    UnknownAccountError,
    UnknownGroupError,
    import_chat,
)
from guiju.kernel.actor import Actor
from guiju.kernel.ids import GroupId
from guiju.modules.directory import service as directory
from guiju.modules.groups import governing
from guiju.modules.identity import service as identity
from guiju.modules.messaging.types import FloodError
from guiju.setup import SYSTEM
from tests.support.fuzz import make_demo
from tests.support.postgres import fresh_database
from tests.support.server import Place
from tests.support.world import World

ID_NUMBER = "11010519491231002X"


@pytest.fixture
def writers(world: World) -> list[Actor]:
    boss = world.person("何长明")
    world.person("方晓棠", "registrar")
    world.write(lambda tx: directory.set_unit_head(tx, SYSTEM, world.unit, boss.person_id))
    return [boss, *(world.person(name) for name in ("王海涛", "孙立", "周小雨"))]


@pytest.fixture
def group(world: World, writers: list[Actor]) -> GroupId:
    _, owner, administrator, member = writers
    return world.group(owner, [administrator], [member], name="澄远导入测试工作群")


def logins(world: World, people: list[Actor]) -> list[str]:
    found = [world.read(lambda tx, p=p: identity.find_account_of(tx, p.person_id)) for p in people]  # type: ignore[misc]  # bound at once
    return [account.login for account in found if account is not None]


def write(folder: Path, *lines: object) -> Path:
    file = folder / "chat.jsonl"
    texts = [
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines
    ]
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return file


def test_every_line_is_in_exactly_one_count(
    world: World, writers: list[Actor], group: GroupId, tmp_path: Path
) -> None:
    file = write(
        tmp_path,
        {"text": "今天的交接班记录已经放在看板上"},
        {"text": f"请核对 {ID_NUMBER} 的工装领用"},
        "",
        {"text": "新版投标底价我先发群里"},
        {"text": "这就是个六合彩"},
        "not json",
        {"words": "no text"},
        {"text": "长" * 10_001},
        {"text": "含\u0000控制符"},
        {"text": "   "},
        ["text"],
    )
    report = import_chat(world.runtime, file, group, logins(world, writers[1:]))
    assert (report.lines, report.delivered, report.masked, report.held, report.blocked) == (
        10,
        1,
        1,
        1,
        1,
    )
    assert (report.refused, report.duplicates) == (6, 0)
    assert [problem.line for problem in report.problems] == [6, 7, 8, 9, 10, 11]
    assert {problem.code for problem in report.problems} == {"import.bad_line"}
    facts = world.facts("messaging.sent", "messaging.held", "messaging.blocked")
    assert len(facts) == 4 and all(fact.imported for fact in facts)


def test_a_second_run_imports_nothing_twice_and_a_longer_file_only_what_is_new(
    world: World, writers: list[Actor], group: GroupId, tmp_path: Path
) -> None:
    accounts = logins(world, writers[1:])
    texts = [{"text": f"第 {n} 条"} for n in range(40)]
    first = import_chat(world.runtime, write(tmp_path, *texts), group, accounts)
    again = import_chat(world.runtime, write(tmp_path, *texts), group, accounts)
    longer = import_chat(
        world.runtime, write(tmp_path, *texts, {"text": "新的一条"}), group, accounts
    )
    assert (first.delivered, first.duplicates) == (40, 0)
    assert (again.delivered, again.duplicates) == (0, 40)
    assert (longer.delivered, longer.duplicates) == (1, 40)
    assert len(world.facts("messaging.sent")) == 41


def test_the_flood_limit_counts_typing_and_not_imports(
    world: World, writers: list[Actor], group: GroupId, tmp_path: Path
) -> None:
    file = write(tmp_path, *({"text": f"第 {n} 条"} for n in range(60)))
    report = import_chat(world.runtime, file, group, logins(world, writers[1:2]))
    assert report.delivered == 60
    for n in range(20):
        world.send(writers[1], group, f"手打 {n}")
    with pytest.raises(FloodError):
        world.send(writers[1], group, "手打第二十一条")
    assert [fact.imported for fact in world.facts("messaging.sent")] == [True] * 60 + [False] * 20


def test_the_accounts_take_turns_and_the_group_goes_by_number_and_name_too(
    world: World, writers: list[Actor], group: GroupId, tmp_path: Path
) -> None:
    accounts, found = logins(world, writers[1:]), world.find_group(group)
    for index, wanted in enumerate((found.filing_number, found.name)):
        file = write(tmp_path, *({"text": f"{index} {n}"} for n in range(9)))
        assert import_chat(world.runtime, file, wanted, accounts).delivered == 9
    senders = [entry.actor for entry in world.entries("messaging.sent")]
    assert all(senders.count(writer.name) == 6 for writer in writers[1:])


def test_progress_reaches_the_end(
    world: World, writers: list[Actor], group: GroupId, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    file = write(tmp_path, *({"text": f"第 {n} 条"} for n in range(600)))
    import_chat(
        world.runtime,
        file,
        group,
        logins(world, writers[1:]),
        progress=lambda *done: seen.append(done),
    )
    assert seen == sorted(seen) and seen[-1] == (600, 600) and len(seen) == 3


def test_what_cannot_be_imported_is_refused_before_anything_is_sent(
    world: World, writers: list[Actor], group: GroupId, tmp_path: Path
) -> None:
    accounts, file = logins(world, writers), write(tmp_path, {"text": "一句话"})
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    for wanted, error in (
        ((file, group, []), NoAccountsError),
        ((file, group, ["nobody"]), UnknownAccountError),
        ((file, group, [accounts[0]]), NotAMemberError),
        ((file, "grp_none", accounts[1:]), UnknownGroupError),
        ((tmp_path / "none.jsonl", group, accounts[1:]), FileUnreadableError),
        ((binary, group, accounts[1:]), FileUnreadableError),
    ):
        with pytest.raises(error):
            import_chat(world.runtime, *wanted)
    world.write(lambda tx: governing.close(tx, writers[1], group, reason="工作结束"))
    with pytest.raises(GroupNotOpenError):
        import_chat(world.runtime, file, group, accounts[1:])
    assert world.facts("messaging.sent") == []


GROUP = "澄远总装一车间工作群"
COUNTS = ("delivered", "masked", "held", "blocked", "refused", "duplicates")


def _acted(session: Session) -> int:
    """How often controls acted, as the clause pages count it."""
    clauses = session.expect("GET", "/api/clauses").said["clauses"]
    return sum(use["evidence"]["count"] for clause in clauses for use in clause["controls"])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_thousand_real_messages(
    database: str, request: pytest.FixtureRequest, corpus: Path, tmp_path: Path, capfd: Any
) -> None:
    """By the command, into the demonstration; then the ledger is replayed, and the clause pages count what acted."""
    texts = (corpus / "dev" / "fetched" / "nus_sms_zh.jsonl").read_text(encoding="utf-8")
    file = write(tmp_path, *texts.splitlines()[1000:3000])
    lines = 2000
    with contextlib.ExitStack() as stack:
        url = None
        if database == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(fresh_database(server, f"guiju_{secrets.token_hex(6)}"))
        place = Place(tmp_path, url)
        (watching,) = (
            {"account": one["account"], "password": one["password"]}
            for one in make_demo(place)
            if "Audit administrator" in one["role"]
        )
        with place.serving():
            auditor = place.sign_in(**watching)
            before = _acted(auditor)
        command = (
            "import-chat",
            str(file),
            "--group",
            GROUP,
            "--as",
            "wanghaitao",
            "--as",
            "sunli",
            "--json",
        )
        report = json.loads(place.guiju(*command))
        with capfd.disabled():
            print(f"\n{report}")
        assert sum(report[each] for each in COUNTS) == report["lines"] == lines
        assert report["delivered"] >= 0.99 * lines and report["duplicates"] == 0
        again = json.loads(place.guiju(*command))
        assert (again["duplicates"], again["refused"]) == (
            lines - report["refused"],
            report["refused"],
        )
        with place.serving():
            stopped = report["masked"] + report["held"] + report["blocked"]
            kept = tmp_path / "head"
            auditor = place.sign_in(**watching)
            kept.write_text(auditor.expect("GET", "/api/ledger/head").said["checkpoint"])
            acted = _acted(auditor) - before
            assert acted >= max(1, stopped)
        assert json.loads(place.guiju("verify", "--replay", "--json", "--head", str(kept)))["ok"]


def _counted(report: Report) -> int:
    return (
        report.delivered
        + report.masked
        + report.held
        + report.blocked
        + report.refused
        + report.duplicates
    )
