"""Which requirements of the catalogue the rules for texts carry out, by what they look for.

What an organisation looks for by names of its own answers no requirement that could be known here.
"""

from collections.abc import Iterable, Mapping

from guiju.modules.messaging.rule_types import ContentRules, LinkRules, PatternRules, PersonalData

_HARMFUL = ("MSG-01", "MSG-07")
_OF_DICTIONARIES = {
    "abuse": ("MSG-04", "MSG-05"),
    "ads": _HARMFUL,
    "business_secret": ("SEC-01", "SEC-02"),
    "drugs": _HARMFUL,
    "fraud": _HARMFUL,
    "gambling": _HARMFUL,
    "porn": _HARMFUL,
    "rumour": ("MSG-06",),
    "secrecy": ("SEC-01",),
    "weapons": _HARMFUL,
}
_PERSONAL = ("PRV-02",)
_OF_KINDS = {
    "address": _PERSONAL,
    "api_key": ("ACC-08",),
    "bank_card": _PERSONAL,
    "cn_id": _PERSONAL,
    "cn_phone": _PERSONAL,
    "contract_amount": ("SEC-02",),
    "customer_list": ("PRV-03", "SEC-01", "SEC-02", "SEC-09"),
    "email": _PERSONAL,
    "hk_id": _PERSONAL,
    "hk_phone": _PERSONAL,
    "passport": _PERSONAL,
    "person_name": _PERSONAL,
    "plate": _PERSONAL,
    "secrecy": ("SEC-01",),
    "tw_id": _PERSONAL,
    "tw_phone": _PERSONAL,
}
_OF_CATEGORIES = {
    "competitor": ("MSG-10",),
    "outside_coverage": ("MSG-25",),
    "private_sale": ("MSG-11",),
}
_LISTED = ("MSG-07",)
_SUSPICIOUS = ("MSG-07", "MSG-23")


def _all(table: Mapping[str, tuple[str, ...]], names: Iterable[str]) -> set[str]:
    return {row for name in names for row in table.get(name, ())}


CONTENT = tuple(sorted(_all(_OF_DICTIONARIES, _OF_DICTIONARIES)))
PERSONAL = tuple(sorted(_all(_OF_KINDS, _OF_KINDS)))
PATTERNS = tuple(sorted(_all(_OF_CATEGORIES, _OF_CATEGORIES)))
LINKS = _SUSPICIOUS


def of_content(params: ContentRules) -> set[str]:
    """By the dictionaries that ship with the program."""
    return _all(_OF_DICTIONARIES, params.dictionaries)


def of_personal_data(params: PersonalData) -> set[str]:
    """By the kinds."""
    return _all(_OF_KINDS, params.kinds)


def of_patterns(params: PatternRules) -> set[str]:
    """By the categories that the expressions state."""
    return _all(_OF_CATEGORIES, (one.category for one in params.patterns))


def of_links(params: LinkRules) -> set[str]:
    """Listed sites are harmful ones; the kinds say of the others that nobody sees where they lead."""
    return {*(_LISTED if params.domains else ()), *(_SUSPICIOUS if params.kinds else ())}
