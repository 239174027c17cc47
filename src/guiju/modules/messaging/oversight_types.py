"""Texts that somebody reads because of their office: the fact of a reading."""

from enum import StrEnum

from guiju.kernel.clock import MINUTE
from guiju.kernel.facts import Content, Sealed, fact
from guiju.kernel.ids import GroupId

SAME_READING = 10 * MINUTE
"""Whoever asks again so soon is still reading: a page that loads anew, a step back to the row before."""


class Duty(StrEnum):
    """Why somebody was shown a text of others."""

    REVIEW = "review"
    ALERT = "alert"


@fact("messaging.text_read", Content.CONTENT, confidential=True)
class TextRead:
    """Whoever oversees was shown the text of the message at the first of `refs`, and of the others beside it.

    The group never learns of it.
    """

    within: Sealed[GroupId]
    refs: tuple[int, ...]
    duty: Duty
