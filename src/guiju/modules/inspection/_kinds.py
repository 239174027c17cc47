"""All kinds of things that are found by their form, behind one gate that most texts pass at once."""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import re2

from guiju.modules.inspection import (
    _addresses,
    _amounts,
    _english_names,
    _mail,
    _markings,
    _names,
    _passwords,
    _plates,
    _rosters,
    _secrets,
)
from guiju.modules.inspection._digits import CONNECTIVES, NUMERALS
from guiju.modules.inspection._expressions import matcher_of
from guiju.modules.inspection._glances import LONG, teller_of
from guiju.modules.inspection._ids import find_parted_cn_ids
from guiju.modules.inspection._links import Link, LinkIndex
from guiju.modules.inspection._numbers import NUMBER_KINDS, NumberIndex
from guiju.modules.inspection._passage import Found, Passage
from guiju.modules.inspection._phones import find_parted

_PHONES = frozenset({"cn_phone", "tw_phone", "hk_phone"})
_SIGN = f"[0-9oli{NUMERALS}]"
_TOP = "(?:com|cn|net|org|edu|gov|info|io|hk|tw|me|co|cc|top|biz|xyz|example|jp|uk|de|sg)"


class _Family(NamedTuple):
    """Kinds that one finder finds, and what a stripped text must have for any of them."""

    kinds: tuple[str, ...]
    gate: str
    find: Callable[[Passage], Iterable[Found]]


def _all_names(passage: Passage) -> Iterator[Found]:
    yield from _names.find_names(passage)
    yield from _english_names.find_english_names(passage)


_FAMILIES = (
    _Family(("plate",), f"[{_plates.PROVINCES}](?:{CONNECTIVES})?[a-hj-np-z]", _plates.find_plates),
    _Family(("email",), f"[0-9a-z](?:at|艾特)?[0-9a-z]+点?{_TOP}", _mail.find_mails),
    _Family(("api_key",), f"[0-9a-z]{{12}}|privatekey|{_passwords.GATE}", _secrets.find_keys),
    _Family(("secrecy",), _markings.GATE, _markings.find_markings),
    _Family(("address",), _addresses.GATE, _addresses.find_addresses),
    _Family(("person_name",), f"{_names.GATE}|{_english_names.GATE}", _all_names),
    _Family(("contract_amount",), _amounts.GATE, _amounts.find_amounts),
)
_NUMBER_GATE = f"{_SIGN}{{6}}|[0-9a-z]{{2}}{CONNECTIVES}[0-9a-z{NUMERALS}]"

KINDS = (
    *NUMBER_KINDS,
    "customer_list",
    *(kind for family in _FAMILIES for kind in family.kinds),
)


class KindIndex:
    """The finders of some kinds, behind their gate."""

    def __init__(self, kinds: Iterable[str], links: LinkIndex) -> None:
        """`kinds` are some of `KINDS`; `links` stand behind the same gate."""
        self._links = links
        self._kinds = frozenset(kinds)
        numbers = self._kinds & {*NUMBER_KINDS, "customer_list"}
        lists = "customer_list" in self._kinds
        self._numbers = NumberIndex(self._kinds | _PHONES if lists else self._kinds)
        families = [family for family in _FAMILIES if self._kinds.intersection(family.kinds)]
        self._finders: list[Callable[[Passage], Iterable[Found]]] = [f.find for f in families]
        gates = [family.gate for family in families]
        if numbers:
            self._finders.append(self._find_numbers)
            gates.append(_NUMBER_GATE)
        if "person_name" in self._kinds:
            _names.warm()
        if links:
            gates.append(links.gate)
        self._last = len(gates) - 1
        self._nothing = [len(gates)]  # the sentinel alone
        self._gate = matcher_of(gate_of(gates)) if gates else None
        self._tells = [*map(_teller_of, gates)]
        self.gates = gates

    def gate(self, stripped: str) -> list[int]:
        """What may be in a text, by its stripped stream alone; nothing for nearly all texts."""
        if self._gate is None:
            return []
        if len(stripped) >= LONG:
            # A set tells apart all ways in which its gates can stand together, and a long text brings thousands that
            # were not seen before: to build these takes ten times as long as to ask one gate after the other.
            encoded = stripped.encode()
            return [index for index, tell in enumerate(self._tells) if tell(encoded)]
        matched = self._gate(stripped.encode())
        if matched == self._nothing:
            return []
        if not matched:  # out of memory: even the sentinel is missing
            return list(range(self._last + 1))
        # In one order whatever RE2 came by first: of a text that costs too much the first finders find something.
        return sorted([index for index in matched if index <= self._last])

    def find(self, passage: Passage, gated: list[int]) -> Iterator[Found | Link]:
        """Everything of these kinds and types in the text that passed the gate."""
        for index in gated:
            if index < len(self._finders):
                yield from self._finders[index](passage)
            else:
                yield from self._links.find(passage)

    def _find_numbers(self, passage: Passage) -> Iterator[Found]:
        found: list[Found] = []
        taken = bytearray(len(passage.text))

        numbers = self._numbers.find(passage)
        if "cn_id" in self._kinds:
            numbers += find_parted_cn_ids(passage)
        numbers += find_parted(passage, self._kinds)
        for number in numbers:
            start, end = number.start, number.end
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                found.append(number)
        yield from (number for number in found if number.kind in self._kinds)
        if "customer_list" in self._kinds:
            phones = sorted((n for n in found if n.kind in _PHONES), key=lambda n: n.start)
            yield from _rosters.find_rosters(passage, phones)


@functools.lru_cache(maxsize=64)
def _teller_of(gate: str) -> Callable[[bytes], bool]:
    return teller_of(gate, 8 << 20)


def gate_of(gates: list[str]) -> "re2.Set":
    """A set that tells which of the gates a text passes, and its number of gates for every text."""
    options = re2.Options()
    options.never_capture = True
    options.max_mem = 64 << 20
    gate = re2.Set.SearchSet(options)
    # The sentinel matches every text: where it is missing, the set could not answer.
    for pattern in [*gates, ""]:
        gate.Add(pattern)
    gate.Compile()
    gate.Match("")  # builds what the first text otherwise waits for
    return gate
