"""State secrecy markings whose grade is written by its sound or shape, or whose row is written backwards.

A grade in disguise is no word, and what it is worth its term says: only with a star before a term, or after the word that
says that a grade follows, is it a marking.
"""

import re
from collections.abc import Iterator

from guiju.modules.inspection._glances import glance
from guiju.modules.inspection._passage import View
from guiju.modules.inspection._surroundings import gap_after, is_line
from guiju.modules.inspection._tables import SOUNDS, codes_of_pair


def _like(char: str) -> str:
    """The characters that sound or look like it, and itself, for a class of a pattern."""
    sound, shape = codes_of_pair(char + char)
    return "".join(
        other
        for other in SOUNDS.codes
        if codes_of_pair(other + other)[0] == sound or codes_of_pair(other + other)[1] == shape
    )


_FIRST, _SECOND = f"{_like('绝')}{_like('机')}{_like('秘')}", _like("密")
_NUMBER = "[0-9一二三四五六七八九十百]{1,3}"
_TERM = f"(?:{_NUMBER}(?:年|个月)|长期|永久|无限期|(?:启用|启封|开启|解密|公布)前)"
_LABEL = "(?:密级|密等|保密等级|机密等级)[为是]?"
_ECHO = re.compile(
    f"(?:(?P<label>{_LABEL})[{_FIRST}][{_SECOND}](?:{_TERM})?|[{_FIRST}][{_SECOND}](?={_TERM}))"
)
_FOLLOWS = re.compile(_TERM)
_BACKWARDS = re.compile(
    f"(?:年{_NUMBER}|月个{_NUMBER}|期长|久永|期限无|前(?:用启|封启|启开|密解|布公))密[机绝秘]|密[机绝秘][为是]?(?:级密|等密)"
)
_ECHOED = f"{_LABEL}[{_FIRST}][{_SECOND}]|[{_FIRST}][{_SECOND}]{_TERM}"
GATE = f"{_ECHOED}|{_BACKWARDS.pattern}"
_may_be_echoed, _may_be_turned = glance(_ECHOED), glance(_BACKWARDS.pattern)


def find_echoed(view: View, folded: str) -> Iterator[tuple[int, int]]:
    """Start and end in the view, which is the text without noise."""
    for match in _ECHO.finditer(view.text) if _may_be_echoed(view.text) else ():
        start, end = match.span()
        if match["label"] is not None:
            if is_line(view, folded, start, end):
                yield start, end
        elif "★" in gap_after(view, folded, end):
            term = _FOLLOWS.match(view.text, end)
            assert term is not None, "the pattern looked ahead"
            yield start, term.end()


def may_be_backwards(view: View) -> bool:
    """Something reads like a marking from its end."""
    return _may_be_turned(view.text) and _BACKWARDS.search(view.text) is not None
