"""Which rules a link belongs to: domains among terms, and rules on types of links."""

from collections import defaultdict
from collections.abc import Sequence

from guiju.modules.inspection import _lexicon
from guiju.modules.inspection._hosts import as_domain
from guiju.modules.inspection._links import LINK_TYPES, Link, LinkIndex
from guiju.modules.inspection.types import (
    BadDomainError,
    LinkRule,
    Rule,
    TermRule,
    TooManyTermsError,
    UnknownLinkTypeError,
)


class LinkRules:
    """The links that a rule set asks for."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Raises `UnknownLinkTypeError`, `BadDomainError` and `TooManyTermsError`."""
        self._listed: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._types: defaultdict[str, list[int]] = defaultdict(list)
        own: set[str] = set()
        for number, rule in enumerate(rules):
            if isinstance(rule, TermRule):
                for term in rule.terms:
                    domain = as_domain(term)
                    if domain is not None:
                        self._listed[domain].append((number, term))
            elif isinstance(rule, LinkRule):
                domains = [_domain(name) for name in rule.domains]
                if rule.type not in LINK_TYPES:
                    raise UnknownLinkTypeError(
                        f"there is no type of link {rule.type!r}",
                        type=rule.type,
                        types=list(LINK_TYPES),
                    )
                if rule.type == "listed":
                    for domain in domains:
                        self._listed[domain].append((number, domain))
                else:
                    self._types[rule.type].append(number)
                    own.update(domains)
        if sum(map(len, self._listed.values())) > _lexicon.MAX_TERMS:
            raise TooManyTermsError("a rule set lists too many domains", limit=_lexicon.MAX_TERMS)
        self.index = LinkIndex(self._listed, own, self._types)

    def rules_of(self, link: Link) -> list[tuple[int, str]]:
        """The rules, by number, and the word that a finding shows."""
        if link.type == "listed":
            return self._listed[link.domain]
        return [(number, link.domain) for number in self._types[link.type]]


def _domain(name: str) -> str:
    domain = as_domain(name)
    if domain is None:
        raise BadDomainError("a link rule names a domain like example.com", domain=name[:80])
    return domain
