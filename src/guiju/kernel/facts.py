"""Facts: what is recorded. A fact is a frozen dataclass with a kind; its fields go to three places of the leaf.

`group` is the leaf's group, `refs` its references to earlier positions, `Sealed[...]` fields are encrypted in the
body, and all others stand in the clear as metadata, so they MUST be ids, numbers or enums, never free text.

A fact of a group whose members must not learn of it has no `group`, for it would take one of the group's gapless
numbers. It names the group in a sealed `within`: its body has the key of that group's content, and is shredded with it.

A fact that carries text says which of its sealed fields are inspected before it is recorded, and why the others are not.
"""

import dataclasses
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    NamedTuple,
    Protocol,
    TypeVar,
    dataclass_transform,
    get_args,
    get_type_hints,
)

from guiju.kernel.ids import GroupId
from guiju.kernel.immutable import immutable
from guiju.kernel.shapes import convert, learn

_SEALED: Final = "sealed"
_T = TypeVar("_T")
Sealed = Annotated[_T, _SEALED]


class Content(StrEnum):
    """Classes of sealed content; they decide which key seals a body (DESIGN 6)."""

    CONTENT = "content"
    REGISTER = "register"
    PERSON = "person"


class Fact(Protocol):
    """Any class decorated with `@fact`."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class Parts(NamedTuple):
    """A fact as a leaf takes it."""

    group: str | None
    refs: tuple[int, ...]
    clear: dict[str, Any]
    sealed: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class FactSchema:
    """How the fields of one kind of fact are laid out in a leaf."""

    kind: str
    content: Content
    cls: type[Any]
    clear: tuple[str, ...]
    sealed: tuple[str, ...]
    has_group: bool
    has_refs: bool
    inspected: tuple[str, ...] = ()
    uninspected: Mapping[str, str] = dataclasses.field(default_factory=dict)
    confidential: bool = False

    def split(self, fact: Any) -> Parts:
        return Parts(
            fact.group if self.has_group else None,
            fact.refs if self.has_refs else (),
            {name: getattr(fact, name) for name in self.clear},
            {name: getattr(fact, name) for name in self.sealed},
        )

    def join(
        self,
        group: str | None,
        refs: list[int],
        clear: dict[str, Any],
        sealed: dict[str, Any] | None,
    ) -> Any:
        """The fact again from what a leaf and its opened body hold.

        Fields of a body that was shredded are missing and take the default of the class.
        """
        fields: dict[str, Any] = {**clear, **(sealed or {})}
        if self.has_group:
            fields["group"] = group
        if self.has_refs:
            fields["refs"] = refs
        return convert(fields, self.cls)


_BY_KIND: dict[str, FactSchema] = {}
_BY_CLASS: dict[type[Any], FactSchema] = {}


@dataclass_transform(frozen_default=True)
def fact(
    kind: str,
    content: Content,
    *,
    inspected: tuple[str, ...] = (),
    uninspected: Mapping[str, str] | None = None,
    confidential: bool = False,
) -> Callable[[type[_T]], type[_T]]:
    """Declare a fact of `kind` whose sealed fields belong to `content`.

    `inspected` are the texts that people type and the rules inspect before the fact is recorded; `uninspected` gives
    the reason for every other text. `confidential`: that it exists is only for those who oversee.
    """

    def declare(plain: type[_T]) -> type[_T]:
        cls = immutable(plain)
        hints = get_type_hints(cls, include_extras=True)
        names = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]  # cls is a dataclass
        sealed = tuple(n for n in names if _SEALED in getattr(hints[n], "__metadata__", ()))
        clear = tuple(n for n in names if n not in sealed and n not in ("group", "refs"))
        schema = FactSchema(
            kind, content, cls, clear, sealed, "group" in names, "refs" in names, inspected,
            uninspected or {}, confidential,
        )  # fmt: skip
        assert kind not in _BY_KIND, f"two facts of kind {kind}"
        _BY_KIND[kind] = _BY_CLASS[cls] = schema
        return learn(cls)

    return declare


def undeclared_texts(cls: type[Any]) -> list[str]:
    """The sealed fields of a fact that hold text and say neither that they are inspected nor why they are not."""
    schema = _BY_CLASS[cls]
    hints = get_type_hints(cls)
    declared = {*schema.inspected, *schema.uninspected}
    return [name for name in schema.sealed if name not in declared and _holds_text(hints[name])]


def _holds_text(hint: Any) -> bool:
    if dataclasses.is_dataclass(hint):
        return any(_holds_text(inner) for inner in get_type_hints(hint).values())
    return hint is str or any(_holds_text(inner) for inner in get_args(hint))


def schema_of(value: object) -> FactSchema:
    """The schema of a fact; KeyError for anything that is not one."""
    return _BY_CLASS[type(value)]


def schema_for(kind: str) -> FactSchema:
    """The schema of a kind; KeyError for an unknown kind."""
    return _BY_KIND[kind]


def all_kinds() -> list[str]:
    return sorted(_BY_KIND)


def confidential_kinds() -> tuple[str, ...]:
    """The kinds of facts of which only those who oversee may know that they exist."""
    return tuple(kind for kind in all_kinds() if _BY_KIND[kind].confidential)


@immutable
class Recorded:
    """A fact with its place in the ledger. `number` is its gapless number within `group`."""

    position: int
    at: int
    kind: str
    actor: str | None
    group: GroupId | None
    number: int | None
    uses: tuple[str, ...]
    policy: str | None
    fact: Any
