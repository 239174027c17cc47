"""Whether something may be cut where two messages meet: a cheap look that nearly all talk does not pass."""

import re
from collections.abc import Container

import re2

from guiju.modules.inspection import _markings, _plates
from guiju.modules.inspection._fold import fold, strip
from guiju.modules.inspection._links import LinkIndex
from guiju.modules.inspection._tables import SYLLABLES

NEAR = 16
"""How many characters before and after the joint are looked at; of keys and expressions more."""
# Shorter runs of letters and figures are words, and parts of keys that are found by themselves.
_LEAST_KEY = 16
_KEY_END = re.compile("[0-9A-Za-z_+/.-]*$")
_KEY_START = re.compile("[0-9A-Za-z_+/.=-]*")
_KEY_SIGN = re.compile("[0-9_-]")
_PEM = "privatekey"
# Fewer that are syllables of Chinese by chance are words of other languages.
_MANY_LETTERS = 8
_HOST_END = re.compile("[0-9a-z@.。·点-]*$")
_HOST_START = re.compile("[0-9a-z@.。·点-]*")
_LAST_LABEL = re.compile("(?:.*[.@。·点])?[0-9a-z-]+[.@。·点]([a-z]+)")
_PLATE_END = re.compile(f"[{_plates.PROVINCES}][a-hj-np-z]?$")
_LETTERS_END = re.compile("[a-z]*$")
_LETTERS_START = re.compile("[a-z]*")
_SPELLED = re2.compile(f"(?:{'|'.join(sorted({*SYLLABLES.values()}, key=len, reverse=True))})+")


class Joints:
    """What the rules of one set may find across messages, beside the terms as they are written."""

    def __init__(self, kinds: Container[str], links: LinkIndex, *, has_terms: bool) -> None:
        self._has_keys = "api_key" in kinds
        self._has_hosts = bool(links) or "email" in kinds
        self._tops = links.tops
        self._has_plates = "plate" in kinds
        self._markings = re2.compile(_markings.GATE) if "secrecy" in kinds else None
        self._has_terms = has_terms

    def may_meet(self, tail: str, head: str, before: str, after: str) -> bool:
        """Whether it is worth to look closely. `before` and `after` are what stripping leaves near the joint."""
        if not before or not after:
            return False
        if before[-1].isdigit() and (after[0].isdigit() or after[0] == "x"):
            return True
        if self._markings is not None and self._is_marking(before, after):
            return True
        # All others have Latin letters or figures at the joint.
        if not (before[-1].isascii() or after[0].isascii()):
            return False
        return (
            (self._has_hosts and self._is_host(tail, head))
            or (self._has_plates and _PLATE_END.search(before) is not None)
            or (self._has_terms and _is_spelled(before, after))
            or (self._has_keys and _is_key(tail, head))
        )

    def _is_host(self, tail: str, head: str) -> bool:
        end, start = _HOST_END.search(fold(tail[-NEAR:])), _HOST_START.match(fold(head[:NEAR]))
        assert end is not None and start is not None, "they match nothing too"
        host = _LAST_LABEL.fullmatch(end[0] + start[0])
        return host is not None and self._tops.fullmatch(host[1]) is not None

    def _is_marking(self, before: str, after: str) -> bool:
        assert self._markings is not None, "asked only for markings"
        # A marking that stands in one message was found there.
        return (
            self._markings.search(before + after) is not None
            and self._markings.search(before) is None
            and self._markings.search(after) is None
        )


def _is_key(tail: str, head: str) -> bool:
    end, start = _KEY_END.search(tail), _KEY_START.match(head)
    assert end is not None and start is not None, "they match nothing too"
    if end[0] and start[0] and len(end[0]) + len(start[0]) >= _LEAST_KEY:
        return _KEY_SIGN.search(end[0] + start[0]) is not None
    return _PEM in strip(tail[-_LEAST_KEY:] + head[:_LEAST_KEY])


def _is_spelled(before: str, after: str) -> bool:
    """Letters at the joint that are whole syllables of Chinese: beside a Chinese character, or many of them."""
    end, start = _LETTERS_END.search(before), _LETTERS_START.match(after)
    assert end is not None and start is not None, "they match nothing too"
    letters = end[0] + start[0]
    if not letters or (len(letters) < _MANY_LETTERS and before.isascii() and after.isascii()):
        return False
    return _SPELLED.fullmatch(letters) is not None
