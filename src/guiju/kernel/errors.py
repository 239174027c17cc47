"""Expected refusals. Each class has a stable `code` that `docs/errors.md` explains.

The base classes carry the meaning; only `app.py` knows their HTTP status.
"""

from typing import ClassVar

Safe = str | int | bool | None | list["Safe"] | dict[str, "Safe"]


class GuijuError(Exception):
    """A refusal that the caller may read. `data` MUST be safe to show to the caller."""

    code: ClassVar[str] = ""

    def __init__(self, message: str, **data: Safe) -> None:
        super().__init__(message)
        self.message = message
        self.data: dict[str, Safe] = data


class InvalidError(GuijuError):
    """The request makes no sense (422)."""


class UnauthenticatedError(GuijuError):
    """Nobody is signed in (401)."""


class ForbiddenError(GuijuError):
    """A rule says no (403). `attempt` names what to record when the rule asks for it."""

    def __init__(self, message: str, *, attempt: "object | None" = None, **data: Safe) -> None:
        super().__init__(message, **data)
        self.attempt = attempt


class NotFoundError(GuijuError):
    """Absent, or not visible to the caller (404)."""


class ConflictError(GuijuError):
    """The right request at the wrong moment (409)."""


class TooManyError(GuijuError):
    """Too often (429). `data.retry_after` is in seconds."""


class TooLargeError(GuijuError):
    """Larger than the limit (413)."""


class NotReadyError(GuijuError):
    """The server cannot answer yet (503)."""


def all_errors() -> list[type[GuijuError]]:
    """Every error class with a code, for the documentation test."""
    found: list[type[GuijuError]] = []
    todo = list(GuijuError.__subclasses__())
    while todo:
        cls = todo.pop()
        todo.extend(cls.__subclasses__())
        if cls.code:
            found.append(cls)
    return sorted(found, key=lambda cls: cls.code)
