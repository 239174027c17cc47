"""Building the demonstration: its story is planned first and then played on a clock of its own, up to now."""

from guiju.demo import _calls, _data, _direct, _groups, _notices, _order, _organisation, _talk
from guiju.demo._data import Moment
from guiju.demo._stage import Calendar, Stage
from guiju.kernel.clock import ManualClock, SystemClock
from guiju.modules.identity import service as identity
from guiju.runtime import Runtime, open_runtime
from guiju.settings import Settings
from guiju.setup import AlreadySetUpError, initialise, needs_setup

BEGINS = Moment(day=-3, at="08:10")
TIMERS = ("13:15", "17:50")
"""When the timers of a day run."""


def build(settings: Settings, now: int | None = None) -> None:
    """Make the demonstration in an empty place, its last week ending at `now` (ms; the present by default).

    Everything goes through the gate. Raises AlreadySetUpError on an organisation that exists.
    """
    calendar = Calendar(now if now is not None else SystemClock().now())
    begins = calendar.moment(BEGINS)
    clock = ManualClock(begins)
    initialise(settings)
    runtime = open_runtime(settings, clock)
    try:
        if not runtime.read(needs_setup):
            raise AlreadySetUpError(
                "The organisation exists already; the demonstration needs an empty place."
            )
        _play(runtime, clock, calendar, begins)
    finally:
        runtime.close()


def _play(runtime: Runtime, clock: ManualClock, calendar: Calendar, begins: int) -> None:
    stage = Stage(runtime, clock, calendar)
    _organisation.plan(stage, begins, identity.hash_password(_data.guide().password))
    _groups.plan(stage)
    _notices.plan(stage)
    _talk.plan(stage)
    _direct.plan(stage)
    _order.plan(stage)
    _calls.plan(stage)
    for day in range(-2, 8):
        for at in TIMERS:
            stage.at(calendar.moment(Moment(day=day, at=at)), stage.run_due)
    stage.play()
    stage.run_due()
    _talk.mark_read(stage)
    runtime.signer.sign_now(runtime.lane)
