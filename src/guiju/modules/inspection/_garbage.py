"""Not looking for garbage while much is made that stays, or is soon given up."""

import gc


class Uncollected:
    """A part of the work, in one thread or several, in which nobody looks for garbage in cycles."""

    __slots__ = ("_collects",)

    def __init__(self, is_worth_it: bool = True) -> None:
        self._collects = is_worth_it and gc.isenabled()

    def __enter__(self) -> None:
        if self._collects:
            gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._collects:
            gc.enable()
