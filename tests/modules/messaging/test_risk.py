"""The control `messaging.risk` acts and leaves its evidence; training on what reviewers decided."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from guiju import cli_risk
from guiju.cli import cli
from guiju.kernel.actor import system
from guiju.modules.bots import service as bots
from guiju.modules.inspection import _risk
from guiju.modules.inspection.risk_training import FEWEST
from guiju.modules.inspection.types import BadRiskModelError
from guiju.modules.messaging import review
from guiju.modules.messaging.inspecting import Inspector
from guiju.modules.messaging.judged import judged_texts
from guiju.modules.messaging.review_types import NothingToMaskError
from guiju.modules.messaging.types import MessageHeld, MessageState
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import BadPackError, NotAllowedError
from guiju.runtime import RISK_MODEL, open_runtime
from tests.support.office import Office

USE = "6.4/messaging.risk"
RUDE = "你们这群恶心的垃圾东西，都滚回老家去吧"
SECRET = "这是核心配方"


def with_risk(threshold: str) -> Callable[[str], str]:
    """The shipped pack with the control under clause 6.4."""

    def change(text: str) -> str:
        head, clause, tail = text.partition('  - id: "6.4"\n')
        body, rows, rest = tail.partition("    rows:")
        line, end, after = rest.partition("\n")
        assert clause and rows and end
        control = f"    controls:\n      - use: messaging.risk\n        with: {{threshold: {threshold}}}\n"
        return head + clause + body + rows + line + end + control + after

    return change


def test_it_is_off_unless_a_clause_asks_for_it(office: Office) -> None:
    assert office.world.send(office.member, office.group(), RUDE).state is MessageState.DELIVERED


def test_it_holds_for_review_under_its_clause(office: Office) -> None:
    world = office.world
    world.adopt(with_risk("0.5"))
    group = office.group()
    receipt = world.send(office.member, group, RUDE)
    assert receipt.state is MessageState.HELD
    assert receipt.clause is not None and receipt.clause["id"] == "6.4"
    (entry,) = world.entries("messaging.held")
    assert USE in entry.uses and isinstance(entry.fact, MessageHeld)
    ((start, end, category, rule, score),) = entry.fact.findings
    assert (start, end, category, rule) == (0, len(RUDE), "risk", "risk score")
    assert float(score) >= 0.5
    evidence = world.read(
        lambda tx: [policy.evidence_of(tx, use).count for use in policy.uses(tx, "messaging.risk")]
    )
    assert evidence == [1]
    with pytest.raises(NothingToMaskError):  # a score is of the whole text and hides nothing
        world.write(
            lambda tx: review.release(tx, office.reviewer, receipt.position, masked=True, reason="")
        )
    assert world.send(office.member, group, "明天上午九点开会").state is MessageState.DELIVERED


def test_it_refuses_no_text_that_nobody_reviews(office: Office) -> None:
    """A name or a reason cannot wait for a reviewer, so a score has nothing to say of it."""
    office.world.adopt(with_risk("0.5"))
    group = office.group()
    office.world.write(lambda tx: bots.ask(tx, office.owner, group, name="机器人", purpose=RUDE))
    (asked,) = office.world.entries("bots.asked")
    assert asked.fact.purpose == RUDE


@pytest.mark.parametrize("threshold", ["0.49", "1.0", "-1", '"much"'])
def test_a_pack_with_an_unsuitable_threshold_is_refused(office: Office, threshold: str) -> None:
    with pytest.raises(BadPackError):
        office.world.adopt(with_risk(threshold))


class TestOwnModel:
    def test_it_takes_the_place_of_the_shipped_one(self, tmp_path: Path) -> None:
        path = tmp_path / RISK_MODEL
        path.write_bytes(
            _risk.to_bytes([0] * (1 << _risk.BITS), bits=_risk.BITS, scale=1, bias=9, about="")
        )
        own = Inspector(path)
        missing = Inspector(tmp_path / "nothing")
        assert own.ruleset == missing.ruleset, "no rule asks for a model"

    def test_a_broken_one_stops_the_start_and_not_the_lane(self, tmp_path: Path) -> None:
        path = tmp_path / RISK_MODEL
        path.write_bytes(b"not a model")
        (tmp_path / "folder").mkdir()
        for broken in (path, tmp_path / "folder"):
            with pytest.raises(BadRiskModelError):
                Inspector(broken)


class TestJudged:
    def test_decisions_are_examples_of_what_was_written(self, office: Office) -> None:
        world, group = office.world, office.group()
        kept = [world.send(office.member, group, f"{SECRET}{n}").position for n in range(3)]
        world.write(lambda tx: review.release(tx, office.reviewer, kept[0], masked=True, reason=""))
        world.write(lambda tx: review.refuse(tx, office.reviewer, kept[1], reason="涉密"))
        assert world.read(lambda tx: list(judged_texts(tx, system("risk_training")))) == [
            (f"{SECRET}0", False),
            (f"{SECRET}1", True),
        ]
        with pytest.raises(NotAllowedError):
            world.read(lambda tx: list(judged_texts(tx, office.member)))

    def test_too_few_decisions_are_no_model(self, office: Office) -> None:
        world, said = office.world, list[str]()
        position = world.send(office.member, office.group(), SECRET).position
        world.write(lambda tx: review.refuse(tx, office.reviewer, position, reason="涉密"))
        world.runtime.close()
        assert cli_risk.train_on_decisions(world.settings, ordinary=[], write=said.append) == 2
        assert "needs more examples" in said[0] and f'"needed": {FEWEST}' in said[0]
        assert not (world.settings.data / RISK_MODEL).exists()
        world.runtime = open_runtime(world.settings, world.clock)


class TestCommand:
    @pytest.mark.parametrize(
        "words",
        [
            [],
            ["judged.jsonl"],
            ["--out", "m.bin"],
            ["--decisions", "judged.jsonl"],
            ["--decisions", "--out", "m.bin"],
        ],
    )
    def test_it_asks_for_files_or_decisions(self, words: list[str]) -> None:
        assert CliRunner().invoke(cli, ["train-risk", *words]).exit_code == 2

    def test_files_of_judged_texts_give_a_model(self, tmp_path: Path) -> None:
        pytest.importorskip("sklearn")
        examples, out, said = tmp_path / "judged.jsonl", tmp_path / "m.bin", list[str]()
        lines = (
            {"text": f"{'蠢货' if n % 2 else '同事'}第{n}号来了", "label": n % 2}
            for n in range(900)
        )
        examples.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        code = cli_risk.train_on_files(
            [examples], harmless=[], ordinary=[examples], about="made", out=out, write=said.append
        )
        report = json.loads(said[0])
        assert code == 0 and report["best_f1"] > 0.95
        assert _risk.read_model(out.read_bytes()).digest == report["digest"]

    def test_what_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        said = list[str]()
        missing, broken = tmp_path / "missing.jsonl", tmp_path / "broken.jsonl"
        broken.write_text("{", encoding="utf-8")
        for path in (missing, broken):
            code = cli_risk.train_on_files(
                [path], harmless=[], ordinary=[], about="", out=tmp_path / "m", write=said.append
            )
            assert code == 2 and path.name in said[-1]
