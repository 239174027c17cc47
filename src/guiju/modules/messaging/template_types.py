"""Templates of messages: what stands of them in facts and in messages, parameters of the control, and refusals."""

from dataclasses import dataclass

from guiju.kernel.errors import ConflictError, InvalidError, NotFoundError
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId

CONTROL = "messaging.templates"
MOST_FIELDS = 20
MOST_TEMPLATES = 50
"""In a group, and as many that hold everywhere."""


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A named part of a template; `hint` says what belongs there."""

    name: str
    required: bool = True
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it is now; without a group it holds everywhere. `attachment`: a message by it takes a file along."""

    id: str
    group: GroupId | None
    position: int
    title: str
    fields: tuple[TemplateField, ...]
    attachment: bool


@dataclass(frozen=True, slots=True)
class FilledPart:
    """One part of a message after a template: its name, and where what was written stands in the text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filled:
    """How the text of a message is made after a template: title first, then a line or more for each part."""

    template: str
    title: str
    parts: tuple[FilledPart, ...]


@dataclass(frozen=True, slots=True)
class TemplateRules:
    """Parameters of `messaging.templates`: in groups of `classes` what is no reply in a thread follows a template,
    where there is one. `only`: `all` messages, or `announcements`, which mention everybody.
    """

    only: str = "announcements"
    classes: tuple[str, ...] = ()


def fill(template: str, title: str, parts: list[tuple[str, str]]) -> tuple[str, Filled]:
    """The whole text of a message, and what stands where in it. Parts without a text are left out."""
    text, places = f"【{title}】", list[FilledPart]()
    for name, written in parts:
        if written.strip():
            text += f"\n{name}："
            places.append(FilledPart(name, len(text), len(text) + len(written)))
            text += written
    return text, Filled(template, title, tuple(places))


# ---- facts ------------------------------------------------------------------------------------------------------


@fact("messaging.template_saved", Content.REGISTER, inspected=("title", "fields"))
class TemplateSaved:
    """A template came to be, or reads otherwise from now on; without a group it holds everywhere."""

    group: GroupId | None
    template: str
    attachment: bool
    title: Sealed[str]
    fields: Sealed[tuple[TemplateField, ...]]


@fact("messaging.template_removed", Content.REGISTER)
class TemplateRemoved:
    """No message is written after this template any more."""

    group: GroupId | None
    template: str


# ---- errors -----------------------------------------------------------------------------------------------------


class TemplateNotFoundError(NotFoundError):
    """No such template, or none of this group."""

    code = "messaging.template_not_found"


class BadTemplateError(InvalidError):
    """A template has a title and named parts, each name once."""

    code = "messaging.bad_template"


class TooManyTemplatesError(ConflictError):
    """As many templates as there may be; remove one first."""

    code = "messaging.too_many_templates"


class TemplateNeededError(InvalidError):
    """What is written here follows a template; `data.templates` names those there are."""

    code = "messaging.template_needed"


class TemplateIncompleteError(InvalidError):
    """Parts are missing that the template wants; `data.missing` names them, `data.attachment` says whether a file is."""

    code = "messaging.template_incomplete"


class TemplateChangedError(ConflictError):
    """The template reads otherwise by now."""

    code = "messaging.template_changed"
