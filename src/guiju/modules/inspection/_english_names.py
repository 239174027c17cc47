"""Names of people in Latin letters, by what stands before them: a field of a form, or a title.

English writes capitals for much that is no name: a cue, two or three words that begin with a capital, and none of the
words of offices, papers and places among them.
"""

import re
from collections.abc import Iterator

from guiju.modules.inspection._glances import SPACE, glance
from guiju.modules.inspection._passage import Found, Passage

_FIELDS = (
    "contact(?: person| name)?|attn|attention|name|full name|customer(?: name)?|client(?: name)?|applicant|patient(?: name)?|employee(?: name)?"
    "|recipient|consignee|addressee|payee|beneficiary|account holder|card ?holder|passenger|guest(?: name)?|student(?: name)?|signed by|prepared by|approved by"
    "|reported by|submitted by|interviewee|candidate|complainant|witness|tenant|landlord|next of kin|emergency contact"
)
_TITLES = "mr|mrs|ms|miss|dr|prof|professor|sir|madam"
_CHINESE = "联系人|收件人|寄件人|收货人|姓名|名字|申请人|经办人|负责人|法人|持卡人|户名|乘客|旅客|患者|客户|对接人|联络人|收款人|付款人|签字人|候选人|我叫"
_GATE_WORDS = (
    "contact(?:person|name)?|attn|attention|name(?:is|s)?|customer|client|applicant|patient|employee|recipient|consignee|addressee|payee|beneficiary|holder"
    "|passenger|guest|student|by|interviewee|candidate|complainant|witness|tenant|landlord|kin|mrs?|ms|miss|dr|prof|professor"
)
GATE = f"(?:{_GATE_WORDS})[a-z]{{5}}|(?:{_CHINESE})(?:是|为)?[a-z]{{4}}"
_PART = r"(?:[A-Z\u00c0-\u00de][a-z\u00df-\u024f]{1,15}|[A-Z]{2,12}|O['’][A-Z][a-z]{1,12}|Ma?c[A-Z][a-z]{1,12})(?:[-'’][A-Za-z][a-z]{1,12})?"
_MIDDLE = r"(?:[ \u00a0](?:[A-Z]\.?|de la|de|da|van der|van|von|bin|binti|al|el|la|le))?"
_NAME = rf"({_PART}{_MIDDLE}[ \u00a0]{_PART}(?:[ \u00a0]{_PART})?)(?![A-Za-z\u00c0-\u024f])"
_TITLE = rf"(?:(?:(?i:{_TITLES})\.?)\s)?"
_STATED = re.compile(
    rf"(?:(?:^|[\n,;|(（，；]\s{{0,3}}|-\s)(?i:{_FIELDS})\s?[:：#]\s{{0,3}}|(?<![A-Za-z])(?i:my name is|his name is|her name is)\s"
    rf"|(?:{_CHINESE})\s?(?:[:：]|是|为)?\s{{0,3}}){_TITLE}{_NAME}"
)
_TITLED = re.compile(rf"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|MR|MRS|MS|DR)\.?\s{_NAME}")
_may_be_stated = glance(
    rf"(?:(?i:{_FIELDS}){SPACE}?[:：#]{SPACE}*|(?i:(?:my|his|her) name is){SPACE}|(?:{_CHINESE}){SPACE}?(?:[:：]|是|为)?{SPACE}*)"
    rf"(?:(?i:{_TITLES})\.?{SPACE})?[A-Z\x{{c0}}-\x{{de}}]"
)
_may_be_titled = glance(
    rf"(?:M[rRsS]|Mrs|Miss|Dr|Prof|Professor|MRS|DR)\.?{SPACE}[A-Z\x{{c0}}-\x{{de}}]"
)
_NO_NAME = re.compile(
    r"(?<![a-z])(?:"
    "department|dept|team|office|sales|support|service|services|centre|center|report|form|company|ltd|limited|inc|co|corp|group|hotel|road|street"
    "|avenue|lane|district|building|floor|room|school|college|university|bank|hospital|manager|management|director|human|resources|finance"
    "|marketing|information|technology|customer|customers|client|account|annual|monthly|weekly|project|product|system|desk|help|general|public"
    "|relations|affairs|committee|board|the|all|and|or|our|your|north|south|east|west|hong|kong|china|beijing|shanghai|taiwan|taipei|london|new"
    "|york|united|states|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october"
    "|november|december|please|thanks|dear|hello|test|data|file|list|table|plan|draft|version|address|phone|mobile|email|number|date|time|required"
    "|field|first|last|name|not|available|to|be|confirmed|tbc|tbd|none|unknown|see|above|below"
    r")(?![a-z])"
)
_CAPITAL = re.compile("[A-Z\u00c0-\u00de][A-Za-z'’\u00df-\u024f]")
_COST = 3


def find_english_names(passage: Passage) -> Iterator[Found]:
    """The family name shows where it comes first of capitals; otherwise the first name stays."""
    if _CAPITAL.search(passage.text) is None:
        return
    view = passage.cased
    seen: set[int] = set()
    for pattern, may_match in ((_STATED, _may_be_stated), (_TITLED, _may_be_titled)):
        if not may_match(view.text):
            continue
        for match in passage.within(pattern.finditer(view.text), _COST):
            start, end = match.span(1)
            if start not in seen and _NO_NAME.search(match[1].lower()) is None:
                seen.add(start)
                shown = start + len(match[1].split()[0])
                yield view.found("person_name", start, end, range(shown, end))
