"""Lists of customers: several lines, or several entries of one line, each a name with a phone."""

import re
from collections.abc import Iterator, Sequence

from guiju.modules.inspection._passage import LONGEST_WORD, Found, Passage

_LEAST_LINES = 3
_LEAST_ENTRIES = 4
_FARTHEST = 48
_LONGEST_LINE = 120
_NAME = re.compile(r"[一-龥]{2,}|[A-Za-z]{2,}")
# The same in what has no label, before its figures are left out.
_NAME_WITH_FIGURES = re.compile("[一-龥][0-9]*[一-龥]|[A-Za-z][0-9]*[A-Za-z]")
# What says that a phone follows is no name of anybody.
_LABEL = re.compile("(?:联系)?(?:电话|手机|号码|方式)|tel|phone|mobile|[0-9]")
_LABELS = ("电话", "手机", "号码", "方式", "tel", "phone", "mobile")
_MOST_ABOVE = 3
_HEADING = re.compile(
    "名单|清单|列表|名册|通讯录|客户|会员|联系|电话|业主|学员|家长|台账|customers?|clients?|contacts?|leads?|name",
    re.IGNORECASE,
)
_LONGEST_HEADING = 40


def find_rosters(passage: Passage, phones: Sequence[Found]) -> Iterator[Found]:
    """`phones` are the phone numbers of the text, in its order."""
    if len(phones) < _LEAST_LINES:
        return
    folded = passage.folded
    row: list[tuple[int, int]] = []
    for entry in _entries(folded, phones):
        if row and not _follows(folded, row[-1], entry):
            yield from _roster(folded, row)
            row = []
        row.append(entry)
    yield from _roster(folded, row)


def _entries(folded: str, phones: Sequence[Found]) -> Iterator[tuple[int, int]]:
    """The span of each entry: its line, as far as no other phone shares it."""
    reach = line = 0
    close = -1
    # A list repeats its names.
    named: dict[str, bool] = {}
    for index, phone in enumerate(phones):
        if phone.start < reach:
            continue
        if phone.end > close:
            line = folded.rfind("\n", 0, phone.start) + 1
            close = folded.find("\n", phone.end)
            close = len(folded) if close < 0 else close
        following = phones[index + 1].start if index + 1 < len(phones) else len(folded)
        start, end = max(line, reach), min(close, max(following, phone.end))
        if phone.start - start <= _LONGEST_LINE:
            if end < close or start > line:
                end = phone.end
            elif end - phone.end > _LONGEST_LINE:
                continue
            rest = folded[start : phone.start] + " " + folded[phone.end : end]
            is_named = named.get(rest)
            if is_named is None:
                is_named = named[rest] = _is_named(rest)
            if not is_named:
                start = _above(folded, reach, start)
                is_named = _is_named(folded[start:end])
            if is_named:
                yield start, end
        reach = phone.end


def _is_named(rest: str) -> bool:
    if not any(label in rest for label in _LABELS):
        return _NAME_WITH_FIGURES.search(rest) is not None
    return _NAME.search(_LABEL.sub("", rest)) is not None


def _above(folded: str, reach: int, line: int) -> int:
    """Where a record starts that gives name and phone lines of their own."""
    for _ in range(_MOST_ABOVE):
        above = folded.rfind("\n", 0, line - 1) + 1 if line else 0
        if above < reach or line - above > _LONGEST_HEADING or line == above:
            break
        line = above
    return line


def _follows(folded: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    between = folded[left[1] : right[0]]
    return not between.strip() and len(between) <= _FARTHEST


def _roster(folded: str, row: list[tuple[int, int]]) -> Iterator[Found]:
    if not row:
        return
    lines = folded.count("\n", row[0][0], row[-1][1]) + 1
    if len(row) < (_LEAST_LINES if lines >= _LEAST_LINES else _LEAST_ENTRIES):
        return
    start, end = row[0][0], row[-1][1]
    if start:
        above = folded.rfind("\n", 0, start - 1) + 1
        heading = folded[above : start - 1]
        if len(heading) <= _LONGEST_HEADING and _HEADING.search(heading) is not None:
            start = above
    places = range(start, end)
    if end - start <= LONGEST_WORD:
        yield Found("customer_list", start, end, [at for at in places if folded[at].isalnum()])
    else:
        yield Found("customer_list", start, end, places)
