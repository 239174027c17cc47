"""Secrecy markings in English: of offices, companies, lawyers, and the traffic light protocol."""

import re
from collections.abc import Iterator

from guiju.modules.inspection._passage import Passage, View
from guiju.modules.inspection._surroundings import stands_alone

_GRADE = (
    "(?:topsecret|secret|confidential|restricted|classified|proprietary|privileged|internaluseonly"
    "|officialsensitive|companysecret|tradesecrets?)"
)
_ORDER = (
    "(?:(?:please)?(?:do|must|may|shall)not(?:be)?(?:copy|copied|distributed?|circulated?|forward(?:ed)?|disseminated?|shared?|disclosed?|reproduced?|publish(?:ed)?|photocopy|photocopied|released?|removed?)"
    "|not?tobe(?:copied|distributed|circulated|forwarded|disclosed|reproduced|shared)"
    "|notfor(?:public|external|further|general|onward)?(?:distribution|release|circulation|disclosure|transmission|publication|dissemination)"
    "|no(?:copying|distribution|forwarding|dissemination|foreigndissemination)|unauthori[sz]ed(?:copying|disclosure|distribution|use)(?:is)?(?:strictly)?prohibited)"
)
_USE = "(?:for)?(?:(?:company|corporate|internal|office|official|departmental?|staff|management|board|personnel)(?:internal)?(?:use)?only|limitedofficialuse|officialuseonly)"
# What a marking says needs no line of its own.
_PLAIN = re.compile(
    f"(?:(?:company|strictly|highly|most|commercial|business|internal|personal|private|staff)?(?:and)?{_GRADE})(?:and|information|material|document)?(?:{_ORDER}|{_USE}|noforn|relto[a-z]{{3,12}}|orcon)+"
    "|(?:for)?(?:company|internal|office|official|departmental?)(?:internal)?useonly|foreyesonly|youreyesonly|commercialinconfidence"
    "|(?:strictly|highly|most|private(?:and)?|company|proprietary(?:and)?|privileged(?:and)?)confidential(?:information)?|strictlyprivate(?:and)?confidential"
    "|confidential(?:and)?(?:proprietary|privileged)|attorneyclientprivileged?|attorneyworkproduct"
    "|topsecret(?:noforn|sci)?|restrictedcirculation|officialsensitive|tradesecrets?|tlp(?:red|amber(?:strict)?)"
    f"|{_ORDER}"
)
_SAYS_SO = re.compile("useonly|eyesonly|inconfidence|(?:strictly|highly|and)confidential")
_ONLY_ORDER = re.compile(_ORDER)
_CAPITALS = re.compile(
    "(?:top)?secret|(?:strictly|highly|company|internal)?confidential|restricted|classified|proprietary|sensitive|privileged|internaluseonly|companysecret|nda"
)

ENGLISH_GATE = (
    "confidential|secret|restricted|useonly|eyesonly|classified|proprietary|inconfidence|distribut|circulat|disseminat"
    "|officialsensitive|sensitive|privileged|notforward|notcopy|notshare|notdisclose|tlp(?:red|amber)|officialuse|staffonly|managementonly|boardonly|companyonly"
)


_TRIGGERS = ("confiden", "secret", "restrict", "classif", "propriet", "privileg", "sensitive", "only", "use",
             "not", "tlp", "attorney", "unauthor", "nda", "nocopying", "nodistrib", "noforward", "nodissem")  # fmt: skip


def find_english_markings(passage: Passage, view: View) -> Iterator[tuple[int, int]]:
    """Start and end of each marking in the view, which is the text without noise."""
    if not any(word in view.text for word in _TRIGGERS):
        return
    folded = passage.folded
    for match in passage.within(_PLAIN.finditer(view.text), 6):
        start, end = match.span()
        if not _is_apart(view, folded, start, end):
            continue
        written = _written(passage, view, start, end)
        # In small letters words like these stand in sentences as well, and orders in any letters.
        is_talk = written[0].islower() and _SAYS_SO.search(match[0]) is None
        if _ONLY_ORDER.fullmatch(match[0]) is not None:
            is_talk = not written.isupper()
        if not is_talk or stands_alone(view, folded, start, end):
            yield start, end
    for match in passage.within(_CAPITALS.finditer(view.text), 6):
        start, end = match.span()
        written = _written(passage, view, start, end)
        if not any(map(str.islower, written)) and stands_alone(view, folded, start, end):
            yield start, end


def _written(passage: Passage, view: View, start: int, end: int) -> str:
    return "".join(passage.text[view.places[at]] for at in range(start, end))


def _is_apart(view: View, folded: str, start: int, end: int) -> bool:
    """No Latin letter touches it."""
    first, last = view.places[start], view.places[end - 1] + 1
    neighbours = folded[first - 1 : first] + folded[last : last + 1]
    return not any(char.isascii() and char.isalpha() for char in neighbours)
