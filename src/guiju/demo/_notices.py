"""Two notices of the week: one with questions, one that was changed; most people have acknowledged them."""

from functools import partial

from guiju.demo import _data
from guiju.demo._data import NoticeRow
from guiju.demo._stage import MINUTE, Stage
from guiju.kernel.clock import DAY
from guiju.kernel.db import ReadTx
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.notices import acknowledging, issuing, service
from guiju.modules.notices.types import Audience, NoticeId, Question, Wording
from guiju.setup import SYSTEM

APART = 3 * MINUTE
"""Between two acknowledgements."""


def plan(stage: Stage) -> None:
    """Plan the notices, what becomes of them, and who acknowledges when."""
    for row in _data.notices():
        made: list[NoticeId] = []
        begins = stage.calendar.moment(row)
        stage.at(begins, partial(_publish, stage, row, made))
        asked = begins
        if row.revised is not None:
            asked = stage.calendar.moment(row.revised)
            stage.at(asked, partial(_revise, stage, row, made))
        slow = {*row.late, *row.missing}
        quick = [login for login in _asked(row) if login not in slow]
        for number, login in enumerate(quick):
            after = begins + (row.after * MINUTE) + number * APART
            if row.revised is None or (number % 4 == 0 and after < asked):
                stage.at(after, partial(_acknowledge, stage, row, made, login))
            if row.revised is not None:
                again = asked + (row.after * MINUTE) + number * APART
                stage.at(again, partial(_acknowledge, stage, row, made, login))
        for login in row.late:
            late = asked + row.hours * DAY // 8 + DAY
            stage.at(min(late, stage.calendar.now), partial(_acknowledge, stage, row, made, login))


def _asked(row: NoticeRow) -> list[str]:
    """Whom a notice asks: the certified people of its units, and of the units below, but its issuer."""
    inside: dict[str, bool] = {}
    for unit, parent in _data.organisation().root.walk():
        above = inside.get(parent.name, False) if parent is not None else False
        inside[unit.name] = unit.name in row.units or above
    return [
        person.login
        for person, unit in _data.organisation().people()
        if inside[unit.name] and person.state == "certified" and person.login != row.by
    ]


def _wording(row: NoticeRow, text: str) -> Wording:
    questions = (Question(one.text, one.choices, one.right) for one in row.questions)
    return Wording(row.title, text.strip(), tuple(questions))


def _publish(stage: Stage, row: NoticeRow, made: list[NoticeId]) -> None:
    def publish(tx: WriteTx) -> NoticeId:
        to = Audience(units=_units(tx, row))
        return issuing.publish(
            tx, stage.actor(row.by), wording=_wording(row, row.text), audience=to, hours=row.hours,
            people=len(_asked(row)),
        )  # fmt: skip

    made.append(stage.write(publish))


def _units(tx: ReadTx, row: NoticeRow) -> tuple[str, ...]:
    known = {unit.name: unit.id for unit, _ in directory.list_units(tx, SYSTEM)}
    return tuple(known[name] for name in row.units)


def _revise(stage: Stage, row: NoticeRow, made: list[NoticeId]) -> None:
    assert row.revised is not None, "planned only with another text"
    wording = _wording(row, row.revised.text)
    stage.write(
        lambda tx: issuing.revise(
            tx, stage.actor(row.by), made[0], wording=wording, editorial=False, reason="更正到岗时间",
            hours=row.hours,
        )
    )  # fmt: skip


def _acknowledge(stage: Stage, row: NoticeRow, made: list[NoticeId], login: str) -> None:
    """Acknowledge; some answer wrongly first, and again a moment later."""
    right = tuple(one.right for one in row.questions)
    if login in row.wrong_first:
        _answer(stage, made, login, tuple((0,) for _ in right))
        stage.clock.advance(MINUTE)
    _answer(stage, made, login, right)


def _answer(
    stage: Stage, made: list[NoticeId], login: str, answers: tuple[tuple[int, ...], ...]
) -> None:
    def answer(tx: WriteTx) -> None:
        version = service.get(tx, made[0]).version
        acknowledging.acknowledge(tx, stage.actor(login), made[0], version=version, answers=answers)

    stage.write(answer)
