"""Links: listed domains in disguise, shorteners, hosts that are numbers, look-alikes, false users.

A host is a row of labels parted by dots; a dot is also written 。 ． 点 dot [.] or with spaces around.
Read in the folded text without what takes no room, %-encoding undone. A listed domain is found with
every subdomain, by labels, so that example.com is not found in myexample.com. It is also known with any
dash, with its letters spaced out, with figures for letters of its last label, and with 丶 for a dot:
nobody writes the very domain so by chance.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from guiju.modules.inspection import _hosts
from guiju.modules.inspection._passage import Passage

LINK_TYPES = ("listed", "shortener", "ip_host", "lookalike", "userinfo")

SHORTENERS = frozenset((
    "t.cn", "url.cn", "w.url.cn", "dwz.cn", "dwz.win", "dwz.mk", "suo.im", "suo.nz", "sourl.cn",
    "sourl.co", "mrw.so", "985.so", "rrd.me", "3.cn", "c.tb.cn", "m.tb.cn", "u.jd.com", "t.hk",
    "u.nu", "tb.cn", "j.mp", "bit.ly", "bitly.com", "t.co", "goo.gl", "tinyurl.com", "is.gd",
    "v.gd", "ow.ly", "buff.ly", "rb.gy", "cutt.ly", "reurl.cc", "lihi.cc", "lihi1.com", "ppt.cc",
    "pse.is", "s.id", "v.ht", "tiny.cc", "shorturl.at", "t.ly", "tiny.one", "rebrand.ly",
    "bl.ink", "adf.ly", "lnkd.in", "fb.me", "youtu.be", "amzn.to", "wp.me", "dlvr.it", "trib.al",
    "shorte.st", "soo.gd", "urlz.fr", "0rz.tw", "1url.tw", "risu.io", "x.gd", "qr.ae",
    "shrtco.de", "clck.ru", "bom.so", "kutt.it", "short.gy", "6du.in", "uee.me", "t.im",
))  # fmt: skip
_TOPS = (
    "com|cn|net|org|edu|gov|info|io|hk|tw|mo|me|co|cc|tv|top|biz|xyz|vip|club|shop|site|online|icu|live|fun|app|dev|link|win|bet|work|wang|ltd"
    "|pro|asia|mobi|name|store|tech|cloud|ink|red|ren|group|uk|us|jp|kr|de|fr|ru|eu|in|sg|my|th|vn|ph|id|au|ca|ly|gl|gd|gy|is|im|so|la|ai|at|to|be|ws|pw|tk|ml|ga|cf|gq|su|example"
)
_SPACE = r"[^\S\n]"
_DOT = (
    rf"(?:{_SPACE}{{0,2}}[.·‧・∙˙,、丶_|*~^]{_SPACE}{{0,2}}|{_SPACE}{{0,2}}[\[({{<【「]{_SPACE}?(?:\.|dot|点){_SPACE}?[\])}}>】」]{_SPACE}{{0,2}}"
    rf"|{_SPACE}{{0,2}}点{_SPACE}{{0,2}}|{_SPACE}{{1,2}}dot{_SPACE}{{1,2}})"
)
_HOST = re.compile(rf"[0-9a-z]{_DOT}[a-z]|%[0-9a-f]{{2}}|[/@]{{1,2}}[\[0-9]|[0-9]:[0-9]{{2,5}}/")
_LABEL = re.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_GAP = re.compile(_DOT)
_SCHEME = re.compile(
    r"h[tx*+]{2}ps?\s{0,2}(?::|\[:\]|\(:\))\s{0,2}[/\\]{1,2}\s{0,2}(?:[^\s/?#@<>]{1,200}@)?$"
)
_LEFT_LABELS = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}$")
_TAIL = re.compile(r"(?::[0-9]{1,5})?(?:[/?#\\][!-~]*)?")
# A sentence that goes on after the link, and has a mail address in it, is no user.
_USER = r"(?:[^\s/?#@<>\\|)、。,;:!]|[,;:!](?![0-9]{0,5}[^\x00-\x7f]))"
_URL = re.compile(
    rf"(?:((?:(?:h[tx]{{2}}ps?|s?ftps?|wss?|ssh):|(?<![0-9a-z:/\\]))[/\\]{{2}})({_USER}{{1,200}}@)?|(?<![0-9a-z-])(?<![0-9a-z]\.))"
    r"((?:[0-9a-z-]{1,63}+\.){1,8}(?:[a-z]{2,24}|xn--[a-z0-9-]{1,59}|[0-9]{1,10}|0x[0-9a-f]{1,8})(?![0-9a-z-])"
    r"|(?<=[/@])(?:0x[0-9a-f]{1,8}|[0-9]{1,11})(?![0-9a-z.-])|(?<=[/@])\[[0-9a-f:.]{2,45}\])"
    r"(?::[0-9]{1,5})?(?:[/?#\\][!-~]*)?"
)
# An address that is no version or decimal: it has a port and a path, or the path of a page.
_ADDRESS = re.compile(
    r"(?<![0-9a-z.:/@-])((?:[0-9]{1,3}\.){3}[0-9]{1,3})"
    r"(?::[0-9]{2,5}/[!-~]*|/(?:[0-9a-z_-]{1,60}/){0,4}(?:[0-9a-z_-]{1,60}\.(?:php|html?|aspx?|jsp|do|action|exe|apk|zip|rar)|[0-9a-z_-]{1,60}[?=])[!-~]*)"
)
_CODE = re.compile("/[0-9a-z]")
_TWINS = (("vv", "w"), ("rn", "m"), ("cl", "d"), ("nn", "m"))
_PERCENT = re.compile("(?:%[0-9a-f]{2})+")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
_FIGURES = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t"}
_LETTERS = str.maketrans(_FIGURES)
_PASSING = {letter: f"[{letter}{figure}]" for figure, letter in _FIGURES.items()}
# Letters, dashes and dots with spaces between all of them.
_SPACED = re.compile(rf"(?<![0-9a-z])(?:[0-9a-z.点丶-]{_SPACE}{{1,2}}){{5,80}}[0-9a-z](?![0-9a-z])")
_MOST_LABELS = 6
_STROKES, _DOTS = 2, 3
_FARTHEST = 300
_WIDE = re.compile("[\uff00-\uffef\U0001d400-\U0001d7ff\u2460-\u24ff]")


class Link(NamedTuple):
    """A link in the original text, and the host or domain that made it a finding."""

    type: str
    start: int
    end: int
    domain: str


class _Names:
    """Domains that are found by their labels, whatever stands for the dots."""

    def __init__(self, domains: Iterable[str]) -> None:
        self.domains = frozenset(domains)
        self.lasts = {domain.rpartition(".")[2] for domain in self.domains}
        self.depths = sorted({domain.count(".") + 1 for domain in self.domains})

    def known(self, domain: str) -> str | None:
        """The domain that this is, or that it passes for by two letters that look like one."""
        if domain in self.domains:
            return domain
        for pair, letter in _TWINS:
            at = domain.find(pair)
            while at >= 0:
                one = f"{domain[:at]}{letter}{domain[at + len(pair) :]}"
                if one in self.domains:
                    return one
                at = domain.find(pair, at + 1)
        return None


_SHORT = _Names(SHORTENERS)


class _Stream(NamedTuple):
    """The text that links are read in; character i is written at `firsts[i]` to `lasts[i]`."""

    text: str
    firsts: Sequence[int]
    lasts: Sequence[int]

    def closed_up(self) -> "_Stream | None":
        """The same with spaced-out letters set together; None where there are none."""
        gone = {
            place
            for run in _SPACED.finditer(self.text)
            for place in range(run.start(), run.end())
            if self.text[place].isspace()
        }
        if not gone:
            return None
        kept = [place for place in range(len(self.text)) if place not in gone]
        return _Stream(
            "".join(self.text[place] for place in kept),
            [self.firsts[place] for place in kept],
            [self.lasts[place] for place in kept],
        )

    def link(self, kind: str, start: int, end: int, domain: str) -> Link:
        return Link(kind, self.firsts[start], self.lasts[end - 1] + 1, domain)


def _stream(passage: Passage) -> _Stream:
    view = passage.visible
    if "%" not in view.text or _PERCENT.search(view.text) is None:
        return _Stream(view.text, view.places, view.places)
    text: list[str] = []
    firsts: list[int] = []
    lasts: list[int] = []
    at = 0
    places = view.places
    for match in [*_PERCENT.finditer(view.text), None]:
        start, end = match.span() if match else (len(view.text), len(view.text))
        text.append(view.text[at:start])
        firsts.extend(places[at:start])
        lasts.extend(places[at:start])
        if match:
            # Bytes of other letters than Latin ones stand for themselves: no host has them.
            raw = bytes.fromhex(match[0].replace("%", ""))
            text.append(raw.decode("ascii", "replace").lower())
            firsts.extend(places[start:end:3])
            lasts.extend(places[start + 2 : end : 3])
        at = end
    return _Stream("".join(text), firsts, lasts)


class LinkIndex:
    """The links that rules ask for: domains by name, and types of links."""

    def __init__(
        self, listed: Iterable[str], own: Iterable[str] = (), types: Iterable[str] = ()
    ) -> None:
        """`listed` and `own` are domains (`_hosts.as_domain`), `types` some of `LINK_TYPES`.

        `tops` are the last labels of hosts that are known.
        """
        self._listed = frozenset(listed)
        self._own = frozenset(own) | self._listed
        self._types = frozenset(types)
        self._names = _Names(self._listed)
        every = "|".join(sorted({*_TOPS.split("|"), *map(re.escape, self._names.lasts)}))
        self.tops = re.compile(every)
        # The host goes on: evil.com.example.org belongs to example.org.
        self._longer = re.compile(rf"(?:\.[0-9a-z-]+)*\.(?:{every})(?![0-9a-z-])")
        # For the gate over the text without signs.
        disguised = "|".join(sorted(map(_in_figures, self._names.lasts)))
        self.gate = f"[0-9a-z](?:[点丶]|dot)?(?:{every})|(?:h[tx]{{0,2}}p|ftp|ws|ssh)s?[0-9a-z]"
        if "ip_host" in self._types:
            self.gate += "|[0-9]{4}[a-z]"
        if disguised:
            self.gate += f"|[0-9a-z](?:[点丶]|dot)?(?:{disguised})"
        self._owners: dict[str, str] = {}
        self._looks: dict[str, set[str]] = {}
        if "lookalike" in self._types:
            self._learn(frozenset(own))

    def _learn(self, own: frozenset[str]) -> None:
        """What hosts that resemble a known domain have in common with it."""
        self._owners = {
            label: domain
            for domain in own
            if len(label := _hosts.own_label(domain)) >= _hosts.LEAST_LABEL
        }
        for domain in self._own:
            label = _hosts.own_label(domain)
            if len(label) >= _hosts.LEAST_LABEL:
                for key in _hosts.nearby(label):
                    self._looks.setdefault(key, set()).add(label)

    def __bool__(self) -> bool:
        return bool(self._listed or self._types)

    def find(self, passage: Passage) -> Iterator[Link]:
        """Every link that was asked for."""
        if _HOST.search(passage.visible.text) is None:
            return
        stream = _stream(passage)
        wanted = [("listed", self._names)] if self._listed else []
        if "shortener" in self._types:
            wanted.append(("shortener", _SHORT))
        if wanted:
            plain = stream._replace(text=stream.text.translate(_DASHES))
            for each in (plain, plain.closed_up()):
                for kind, names in wanted if each is not None else ():
                    yield from self._find_named(each, passage, kind, names)  # type: ignore[arg-type]  # there is one
        if self._types - {"listed"}:
            yield from self._find_types(stream, passage)
        if "ip_host" in self._types:
            for match in passage.within(_ADDRESS.finditer(stream.text), 4):
                if _hosts.parse_address(match[1]) is not None and not _hosts.is_inside(match[1]):
                    yield stream.link("ip_host", *match.span(), match[1])

    def _find_named(
        self, stream: _Stream, passage: Passage, kind: str, names: _Names
    ) -> Iterator[Link]:
        """Domains by name. Shorteners are found here where they are disguised and something is shortened."""
        is_short = kind == "shortener"
        row: list[re.Match[str]] = []
        text = stream.text
        reach = 0
        for label in _LABEL.finditer(text):
            if label[0] == "dot":
                continue
            if row and _GAP.fullmatch(text, row[-1].end(), label.start()) is None:
                row = []
            row.append(label)
            row = row[-_MOST_LABELS:]
            last = label[0] if label[0] in names.lasts else label[0].translate(_LETTERS)
            if last not in names.lasts or (is_short and not _CODE.match(text, label.end())):
                continue
            for depth in names.depths:
                if depth > len(row):
                    break
                domain = names.known(".".join([*(part[0] for part in row[-depth:-1]), last]))
                if is_short and text[row[-depth].start() : label.end()] == domain:
                    break  # as plain as that it is found among the links
                if domain is not None:
                    if not passage.spend(4):
                        return
                    if self._longer.match(text, label.end()) is not None:
                        continue
                    start, end = _whole(text, row[-depth].start(), label.end())
                    if start >= reach:
                        yield stream.link(kind, start, end, domain)
                        reach = end

    def _find_types(self, stream: _Stream, passage: Passage) -> Iterator[Link]:
        may_be = filter(self._may_be_link, _URL.finditer(stream.text))
        for match in passage.within(may_be, 4):
            host = match[3]
            start, end = match.span()
            written = passage.text[
                stream.firsts[match.start(3)] : stream.lasts[match.end(3) - 1] + 1
            ]
            for kind in self._types_of(match, host, written):
                yield stream.link(kind, start, end, host)

    def _may_be_link(self, match: re.Match[str]) -> bool:
        """Decimals, versions and times are none; to see that costs nothing."""
        host: str = match[3]
        return match[1] is not None or self.tops.fullmatch(host.rpartition(".")[2]) is not None

    def _types_of(self, match: re.Match[str], host: str, written: str) -> Iterator[str]:
        schemed = match[1] is not None
        if _hosts.parse_address(host) is not None:
            # After two bare strokes a fraction is no address.
            is_meant = schemed and (len(match[1]) > _STROKES or host.count(".") == _DOTS)
            if is_meant and "ip_host" in self._types and not _hosts.is_inside(host):
                yield "ip_host"
            return
        top = host.rpartition(".")[2]
        if not schemed and self.tops.fullmatch(top) is None:
            return
        if "shortener" in self._types and (
            host in SHORTENERS or _hosts.registered_domain(host) in SHORTENERS
        ):
            yield "shortener"
        if "userinfo" in self._types and match[2] is not None and "." in match[2]:
            yield "userinfo"
        if "lookalike" in self._types and self._is_lookalike(host, written):
            yield "lookalike"

    def _is_lookalike(self, host: str, written: str) -> bool:
        """Letters of another alphabet that pass for Latin ones, or the look of a domain we know."""
        if "xn--" in host and any(
            _hosts.to_unicode(label) != label and _hosts.skeleton(label).isascii()
            for label in host.split(".")
        ):
            return True
        if not written.isascii() and any(
            ord(char) > 0x7F and char.isalpha() and not _WIDE.match(char) for char in written
        ):
            return True
        domain = _hosts.registered_domain(host)
        if domain in self._own or any(host.endswith(f".{own}") for own in self._owners.values()):
            return False
        if any(f".{own}." in f".{host}." for own in self._owners.values()):
            return True
        if any(label in self._owners for label in host.removesuffix(domain).split(".")):
            return True
        name = domain.split(".")[0]
        near = set().union(*(self._looks.get(key, ()) for key in _hosts.nearby(name)))
        return any(_hosts.resembles(name, label) for label in near) or any(
            part in self._owners for part in name.split("-")[:_MOST_LABELS]
        )


def _in_figures(label: str) -> str:
    """A pattern for a label with figures for some of its letters."""
    return "".join(_PASSING.get(char, re.escape(char)) for char in label)


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of the link around a domain: scheme, user, subdomains, port and path."""
    left = _LEFT_LABELS.search(text, max(0, start - _FARTHEST), start)
    if left is not None:
        start = left.start()
    scheme = _SCHEME.search(text, max(0, start - _FARTHEST), start)
    if scheme is not None:
        start = scheme.start()
    tail = _TAIL.match(text, end)
    return start, tail.end() if tail is not None else end
