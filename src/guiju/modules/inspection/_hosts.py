"""Hosts: their registered domains, numeric forms, look-alikes, and whether they are public.

Sources: RFC 1035 and RFC 3492 (names, punycode), the forms that `inet_aton` takes (decimal, octal,
hexadecimal, one to four parts), RFC 6890 and the IANA special-purpose registries (by `ipaddress`),
RFC 6052 and RFC 3056 (IPv4 inside IPv6).
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from guiju.modules.inspection._fold import fold

# Second-level suffixes under which names are registered; of the public suffix list, those that are
# in use where our readers are.
_SECOND_LEVEL = frozenset(
    f"{second}.{top}"
    for top, seconds in {
        "cn": "com net org gov edu ac mil bj sh tj cq he sx nm ln jl hl js zj ah fj jx sd ha hb hn gd gx hi sc gz yn xz sn gs qh nx xj tw hk mo",
        "hk": "com net org gov edu idv", "tw": "com net org gov edu idv game ebiz club", "mo": "com net org gov edu",
        "uk": "co org ac gov me ltd plc net", "jp": "co ne or ac go ad ed gr lg", "kr": "co or go ac ne re pe",
        "au": "com net org edu gov id", "nz": "co net org ac govt", "in": "co net org gov ac firm gen ind",
        "sg": "com net org gov edu per", "my": "com net org gov edu", "th": "co in ac go or net", "vn": "com net org gov edu",
        "id": "co or ac go web sch net", "ph": "com net org gov edu", "br": "com net org gov edu", "za": "co org net ac gov", "tr": "com net org gov edu",
        "mx": "com net org gob edu", "ru": "com net org", "ua": "com net org", "il": "co org net ac gov", "ar": "com net org gob edu",
    }.items()
    for second in seconds.split()
)  # fmt: skip
_LEADING = frozenset({"www", "m", "wap", "mobile", "h5"})
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})"
)
_NUMERIC = re.compile(
    r"(?:0x[0-9a-f]{1,16}|[0-9]{1,16})(?:\.(?:0x[0-9a-f]{1,16}|[0-9]{1,16})){0,3}"
)
# Which letters and digits pass for which, beyond what folding maps already.
_SKELETON = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "8": "b",
        "9": "g",
        "i": "l",
        "-": "",
    }
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))
# Shorter names have too many neighbours.
LEAST_LABEL = 5

_LOCAL_NAMES = frozenset(
    {
        "localhost",
        "localdomain",
        "metadata",
        "instance-data",
        "kubernetes",
        "ip6-localhost",
        "ip6-loopback",
        "broadcasthost",
    }
)
_LOCAL_TOPS = frozenset(
    {
        "local",
        "localhost",
        "internal",
        "intranet",
        "lan",
        "home",
        "corp",
        "private",
        "arpa",
        "test",
        "invalid",
        "onion",
        "svc",
        "localdomain",
        "docker",
        "consul",
    }
)
_INSIDE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")))
# Metadata services of clouds that stand at addresses which are public by registration.
_METADATA = frozenset(
    {ip_address("168.63.129.16"), ip_address("100.100.100.200"), ip_address("192.0.0.192")}
)
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


def as_domain(term: str) -> str | None:
    """The domain that a dictionary term names, without www or m before it; None if it names none."""
    if term.isalnum():  # nearly every term: a domain has a dot
        return None
    folded = fold(term).strip().strip("/")
    folded = re.sub(r"^h[tx]{2}ps?://", "", folded)
    if _DOMAIN.fullmatch(folded) is None:
        return None
    labels = folded.split(".")
    if labels[0] in _LEADING and len(labels) > _suffix_size(labels) + 1:
        labels = labels[1:]
    return ".".join(labels) if len(labels) > _suffix_size(labels) else None


def _suffix_size(labels: list[str]) -> int:
    return 2 if ".".join(labels[-2:]) in _SECOND_LEVEL else 1


def registered_domain(host: str) -> str:
    """The part of a host that somebody registered: a.b.example.com.cn gives example.com.cn."""
    labels = host.rstrip(".").split(".")
    return ".".join(labels[-_suffix_size(labels) - 1 :])


def own_label(domain: str) -> str:
    """The label that names the owner: example of www.example.com.cn."""
    return registered_domain(domain).split(".")[0]


def to_unicode(label: str) -> str:
    """A label of punycode as people see it; other labels, and broken ones, as they are."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def skeleton(label: str) -> str:
    """What a label looks like; labels that are easily taken for one another have the same one."""
    seen = fold(to_unicode(label)).translate(_SKELETON)
    for pair, letter in _PAIRS:
        seen = seen.replace(pair, letter)
    return seen


def nearby(label: str) -> set[str]:
    """The look of a label and every look with one letter less: labels one apart share one."""
    look = skeleton(label)
    return {look, *(look[:at] + look[at + 1 :] for at in range(len(look)))}


def resembles(label: str, other: str) -> bool:
    """Two different labels of which one passes for the other: the same look, or one letter apart."""
    if label == other:
        return False
    first, second = skeleton(label), skeleton(other)
    return first == second or _is_one_apart(first, second)


def _is_one_apart(first: str, second: str) -> bool:
    """One letter more, less or other, or two neighbours exchanged (Damerau)."""
    if abs(len(first) - len(second)) > 1:
        return False
    at = 0
    while at < min(len(first), len(second)) and first[at] == second[at]:
        at += 1
    left, right = first[at:], second[at:]
    if left[1:] == right[1:] or left[1:] == right or left == right[1:]:
        return True
    return len(left) > 1 and left[1::-1] == right[:2] and left[2:] == right[2:]


def parse_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is written as, in every form that browsers take; None for a name."""
    host = host.strip("[]").split("%")[0]
    if ":" in host:
        try:
            return IPv6Address(host)
        except ValueError:
            return None
    host = host.lower().rstrip(".")
    if _NUMERIC.fullmatch(host) is None:
        return None
    parts = [_number(part) for part in host.split(".")]
    last = parts.pop()
    if any(part is None or part > 255 for part in parts) or last is None:
        return None
    if last >= 256 ** (4 - len(parts)):
        return None
    value = last
    for place, part in enumerate(parts):
        value += (part or 0) << 8 * (3 - place)
    return IPv4Address(value)


def _number(part: str) -> int | None:
    try:
        if part.startswith("0x"):
            return int(part, 16)
        return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)
    except ValueError:
        return None


def is_inside(host: str) -> bool:
    """Whether a host is an address of the organisation's own network, written as people write it.

    RFC 1918 and loopback addresses lead nobody astray. One that is written as a single number or in octal or
    hexadecimal is disguised, wherever it leads.
    """
    try:
        address = IPv4Address(host)
    except ValueError:
        return False
    return any(address in network for network in _INSIDE)


def is_public_address(address: str) -> bool:
    """Whether a server may connect to the address on behalf of a user.

    False for private, loopback, link-local, carrier-grade, documentation, multicast, reserved and
    metadata addresses, for IPv6 that carries such an IPv4 address, and for what is no address.
    """
    parsed = parse_address(address)
    return parsed is not None and _is_public(parsed)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and any(address in network for network in _NAT64):
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is None and int(address) >> 32 == 0:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None:
            return False
        if inner is not None:
            return _is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and address not in _METADATA


def is_public_host(host: str, resolved: Iterable[str]) -> bool:
    """Whether a server may fetch from a host whose name resolves to these addresses.

    All addresses must be public, and there must be one; the caller connects to one of them, not to
    the name again, or a second answer of the name server undoes the check. Names that only mean
    something inside a network are refused whatever they resolve to.
    """
    name = host.strip().lower().strip("[]").rstrip(".")
    written = parse_address(name)
    if written is not None:
        return _is_public(written)
    folded = fold(name)
    labels = folded.split(".")
    if (
        folded in _LOCAL_NAMES
        or len(labels) < 2
        or labels[-1] in _LOCAL_TOPS
        or not labels[-1]
        or labels[-1].isdigit()
        or _NUMERIC.fullmatch(folded) is not None
    ):
        return False
    addresses = list(resolved)
    return bool(addresses) and all(map(is_public_address, addresses))
