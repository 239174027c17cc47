"""The roster of a notice as a table for a spreadsheet."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta, timezone

from guiju.kernel.actor import Actor
from guiju.kernel.db import ReadTx
from guiju.modules.directory import service as directory
from guiju.modules.notices import service
from guiju.modules.notices.types import NoticeId, Recipient
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Calendar

_HEAD = ("部门", "姓名", "工号", "状态", "确认时间", "作答次数")
_FORMULA = tuple("=+-@＝＋－＠")
"""Spreadsheets take wide signs for narrow ones."""
_BOM = "\ufeff"
"""Without it spreadsheets read the Chinese as something else."""
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\n\t]')
_LONGEST_NAME = 60


def export(tx: ReadTx, actor: Actor, notice_id: NoticeId) -> tuple[str, str]:
    """(file name, CSV) of whom the actor may see. Raises NoticeNotFoundError or NotAllowedError."""
    notice, asked = service.roster(tx, actor, notice_id)
    marks = directory.person_marks(tx, [each.person for each in asked])
    pack = policy.find_pack(tx)
    calendar = pack.calendar if pack is not None else Calendar()
    zone = timezone(timedelta(minutes=calendar.utc_offset))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for each in asked:
        mark, has = marks[each.person], each.has(notice)
        unit = directory.unit_name(tx, each.unit) if each.unit is not None else ""
        state = _state(each, has=has, overdue=tx.now > notice.due_at)
        moment = _moment(each.at, zone) if has else ""
        cells = map(_plain, (unit, mark["name"], mark["staff_no"]))
        writer.writerow((*cells, state, moment, each.tries))
    title = _NOT_IN_NAMES.sub(" ", service.wording(tx, notice).title)[:_LONGEST_NAME]
    return f"{title}.csv", _BOM + out.getvalue()


def _state(each: Recipient, *, has: bool, overdue: bool) -> str:
    if has:
        return "逾期确认" if each.late else "已确认"
    if each.is_gone:
        return "账号已注销"
    return "逾期未确认" if overdue else "未确认"


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell


def _moment(at: int | None, zone: timezone) -> str:
    return (
        ""
        if at is None
        else f"{datetime.fromtimestamp(at / 1000, UTC).astimezone(zone):%Y-%m-%d %H:%M}"
    )
