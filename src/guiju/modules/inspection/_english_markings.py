"""Secrecy markings in English: of offices, companies, lawyers, and the traffic light protocol."""

import re
from collections.abc import Iterator

from guiju.modules.inspection._glances import finder_of
from guiju.modules.inspection._passage import Passage, View
from guiju.modules.inspection._surroundings import gap_after, gap_before, stands_alone

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
_plain = finder_of(
    f"(?:(?:company|strictly|highly|most|commercial|business|internal|personal|private|staff)?(?:and)?{_GRADE})(?:and|information|material|document)?(?:{_ORDER}|{_USE}|noforn|relto[a-z]{{3,12}}|orcon)+"
    "|(?:for)?(?:company|internal|office|official|departmental?)(?:internal)?useonly|foreyesonly|youreyesonly|commercialinconfidence"
    "|(?:strictly|highly|most|private(?:and)?|company|proprietary(?:and)?|privileged(?:and)?)confidential(?:information)?|strictlyprivate(?:and)?confidential"
    "|confidential(?:and)?(?:proprietary|privileged)|attorneyclientprivileged?|attorneyworkproduct"
    "|topsecret(?:noforn|sci)?|restrictedcirculation|officialsensitive|tradesecrets?|tlp(?:red|amber(?:strict)?)"
    f"|{_ORDER}"
)
# Classification: Secret, and nothing after it.
_labelled = finder_of(
    "(?:classification|classified|protectivemarking)(?:level|label|as)?(?:topsecret|secret|(?:strictly|highly)?confidential|restricted)"
)
_LABEL = re.compile("(?:classification|classified|protectivemarking)(?:level|label|as)?")
_LEADING, _CLOSING = frozenset(":=-–—"), frozenset(".;)]|")
# Figures in place of letters, as in C0NF1DENTIAL.
_FIGURED = re.compile("c[o0]nf[i1]d[e3]nt[i1]a[l1]|s[e3]cr[e3]t|r[e3]str[i1]ct[e3]d")
_LETTERS = str.maketrans("013", "oie")
_SAYS_SO = re.compile("useonly|eyesonly|inconfidence|(?:strictly|highly|and)confidential")
_ONLY_ORDER = re.compile(_ORDER)
_WITH_ORDER = re.compile(f"{_GRADE}.{{0,20}}?{_ORDER}")
_PAPER = re.compile(
    r"(?<![a-z])(?:documents?|files?|materials?|information|reports?|slides|decks?|attachments?|attached|memo|emails?|e-mails?|drafts?|contents?|data|pages?"
    r"|drawings?|minutes|letters?|messages?|文件|资料|附件|材料|报告)(?![a-z])"
)
_HEADING_SIGNS = frozenset("-–—:;|/()[]【】")
# Hong Kong names in brackets what the grade is about.
_ABOUT = "(?:administration|staff|tender|appointments?|personal|personnel|policy|commercial|medical|audit)"
_capitals = finder_of(
    f"(?:top)?(?:secret|confidential|restricted){_ABOUT}|(?:top)?secret|(?:strictly|highly|company|internal)?confidential|restricted|classified|proprietary|sensitive|privileged|internaluseonly|companysecret|nda"
)

ENGLISH_GATE = (
    "c[o0]nf[i1]d[e3]nt[i1]a[l1]|s[e3]cr[e3]t|r[e3]str[i1]ct[e3]d|useonly|eyesonly|classified|proprietary|inconfidence|distribut|circulat|disseminat"
    "|officialsensitive|sensitive|privileged|notforward|notcopy|notshare|notdisclose|tlp(?:red|amber)|officialuse|staffonly|managementonly|boardonly|companyonly"
)


_TRIGGERS = ("confiden", "secret", "restrict", "classif", "propriet", "privileg", "sensitive", "only", "use",
             "not", "tlp", "attorney", "unauthor", "nda", "nocopying", "nodistrib", "noforward", "nodissem")  # fmt: skip


def find_english_markings(passage: Passage, view: View) -> Iterator[tuple[int, int]]:
    """Start and end of each marking in the view, which is the text without noise."""
    text = _FIGURED.sub(_in_letters, view.text)
    if not any(word in text for word in _TRIGGERS):
        return
    view = View(text, view.places)
    folded = passage.folded
    for start, end in _labelled(text):
        if not passage.spend(6):
            break
        label = _LABEL.match(text, start, end)
        assert label is not None, "it begins with one"
        leading = gap_before(view, folded, label.end())
        behind = gap_after(view, folded, end).lstrip(" *\"'")
        is_last = end == len(text) if not behind else behind[0] in _CLOSING or behind[0] == "\n"
        if is_last and not _LEADING.isdisjoint(leading):
            yield start, end
    for start, end in _plain(view.text):
        if not passage.spend(6):
            break
        if not _is_apart(view, folded, start, end):
            continue
        written = _written(passage, view, start, end)
        behind = gap_after(view, folded, end).strip(" ,'\"")
        goes_on = not behind and end < len(view.places)
        if _is_meant(
            view.text[start:end], written, folded, behind, goes_on=goes_on
        ) or stands_alone(view, folded.replace(".", " "), start, end):
            yield start, end
    for start, end in _capitals(view.text):
        if not passage.spend(6):
            return
        written = _written(passage, view, start, end)
        if not any(map(str.islower, written)) and stands_alone(view, folded, start, end):
            yield start, end


def _in_letters(match: re.Match[str]) -> str:
    """The word in letters, as long as it was; a row of figures and letters that is none of these words stays."""
    written: str = match[0].removesuffix("1")
    return written.translate(_LETTERS) + ("l" if len(written) < len(match[0]) else "")


def _is_meant(words: str, written: str, folded: str, behind: str, *, goes_on: bool) -> bool:
    """In small letters words like these stand in sentences as well, and orders in any letters: capitals say that they are
    meant, or an order beside a grade, or a sentence about a paper.
    """
    if written.isupper():
        return True
    if _ONLY_ORDER.fullmatch(words) is not None:
        return False
    if _WITH_ORDER.search(words) is not None:
        return True
    if _SAYS_SO.search(words) is not None:
        return _PAPER.search(folded) is not None or not (goes_on or written[0].islower())
    # Top Secret: … heads a paper, Top Secret recipes do not.
    return not written[0].islower() and behind[:1] in _HEADING_SIGNS


def _written(passage: Passage, view: View, start: int, end: int) -> str:
    first, last = view.places[start], view.places[end - 1] + 1
    if last - first == end - start:
        return passage.text[first:last]
    return "".join([passage.text[view.places[at]] for at in range(start, end)])


def _is_apart(view: View, folded: str, start: int, end: int) -> bool:
    """No Latin letter touches it."""
    first, last = view.places[start], view.places[end - 1] + 1
    neighbours = folded[first - 1 : first] + folded[last : last + 1]
    return not any(char.isascii() and char.isalpha() for char in neighbours)
