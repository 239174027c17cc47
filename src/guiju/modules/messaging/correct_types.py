"""Corrections (更正): parameters, and why a message does not correct another."""

from dataclasses import dataclass

from guiju.kernel.errors import ConflictError, ForbiddenError, InvalidError

CONTROL = "messaging.corrections"


@dataclass(frozen=True, slots=True)
class CorrectionRules:
    """Parameters of `messaging.corrections`: authors correct a message within `days`, 0 for however old it is."""

    days: int = 0
    classes: tuple[str, ...] = ()


# ---- errors -----------------------------------------------------------------------------------------------------


class BadCorrectionError(InvalidError):
    """What is corrected is a message that you see in this group, in the same thread as what corrects it, neither burns, and it
    is no correction that was recalled.
    """

    code = "messaging.bad_correction"


class NotOwnMessageError(ForbiddenError):
    """Only who wrote a message corrects it; others report the error."""

    code = "messaging.not_own_message"


class CorrectLateError(ForbiddenError):
    """The time in which an author may correct a message is over."""

    code = "messaging.correct_late"


class AlreadyCorrectedError(ConflictError):
    """The message was corrected already; `data.position` says where the newest correction is, which may be corrected."""

    code = "messaging.already_corrected"
