"""Working time against hand-counted days and against the laws that it must obey."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.kernel.clock import DAY, HOUR
from guiju.kernel.worktime import add_working_hours, is_working, working_ms_between
from guiju.modules.policy.types import Calendar

PLANT = Calendar(
    holidays=frozenset({"2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"}),
    extra_workdays=frozenset({"2026-09-20", "2026-10-10"}),
)
"""08:30–17:30 with an hour of lunch, Monday to Friday: eight hours a day; the National Day of 2026.
"""


def at(text: str) -> int:
    """Milliseconds of a moment in Beijing."""
    moment = datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=8)))
    return int(moment.timestamp() * 1000)


class TestIsWorking:
    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            ("2026-09-21T08:29:59", False),
            ("2026-09-21T08:30:00", True),
            ("2026-09-21T11:59:59", True),
            ("2026-09-21T12:00:00", False),
            ("2026-09-21T12:59:59", False),
            ("2026-09-21T13:00:00", True),
            ("2026-09-21T17:29:59", True),
            ("2026-09-21T17:30:00", False),
            ("2026-09-19T10:00:00", False),  # Saturday
            ("2026-09-20T10:00:00", True),  # a Sunday worked in exchange
            ("2026-10-01T10:00:00", False),  # a Thursday off
            ("2026-10-10T10:00:00", True),  # a Saturday worked in exchange
        ],
    )
    def test_a_moment(self, moment: str, expected: bool) -> None:
        assert is_working(at(moment), PLANT) is expected

    def test_the_day_is_the_local_day(self) -> None:
        # Sunday 23:30 UTC is Monday 07:30 in Beijing; an hour later work has begun.
        sunday_night = at("2026-09-28T07:30:00")
        assert not is_working(sunday_night, PLANT)
        assert is_working(sunday_night + HOUR, PLANT)


class TestAddWorkingHours:
    @pytest.mark.parametrize(
        ("start", "hours", "end"),
        [
            ("2026-09-21T09:00:00", 0, "2026-09-21T09:00:00"),
            ("2026-09-21T09:00:00", 2, "2026-09-21T11:00:00"),
            ("2026-09-21T11:00:00", 2, "2026-09-21T14:00:00"),  # over lunch
            ("2026-09-21T12:30:00", 1, "2026-09-21T14:00:00"),  # from the middle of lunch
            ("2026-09-21T08:30:00", 8, "2026-09-21T17:30:00"),  # a whole day ends with the day
            ("2026-09-21T16:30:00", 2, "2026-09-22T09:30:00"),  # over night
            ("2026-09-25T16:30:00", 2, "2026-09-28T09:30:00"),  # over the weekend
            ("2026-09-18T16:30:00", 2, "2026-09-20T09:30:00"),  # Sunday is worked in exchange
            ("2026-09-30T16:30:00", 2, "2026-10-08T09:30:00"),  # over National Day
            ("2026-10-09T16:30:00", 2, "2026-10-10T09:30:00"),  # Saturday is worked in exchange
            ("2026-10-03T03:00:00", 8, "2026-10-08T17:30:00"),  # begun in the holidays
        ],
    )
    def test_a_deadline(self, start: str, hours: int, end: str) -> None:
        assert add_working_hours(at(start), hours, PLANT) == at(end)

    def test_no_lunch(self) -> None:
        straight = Calendar(start=480, end=960, lunch=(480, 480))
        assert add_working_hours(at("2026-09-21T08:00:00"), 8, straight) == at(
            "2026-09-21T16:00:00"
        )

    @pytest.mark.parametrize(
        "idle",
        [Calendar(workdays=frozenset()), Calendar(start=600, end=600), Calendar(lunch=(0, 1440))],
    )
    def test_a_calendar_without_working_time_is_refused(self, idle: Calendar) -> None:
        with pytest.raises(ValueError, match="no 1 working hours"):
            add_working_hours(at("2026-09-21T09:00:00"), 1, idle)


class TestWorkingMsBetween:
    def test_a_week_with_an_exchanged_sunday(self) -> None:
        assert (
            working_ms_between(at("2026-09-19T00:00:00"), at("2026-09-26T00:00:00"), PLANT)
            == 48 * HOUR
        )

    def test_the_holidays_count_nothing(self) -> None:
        assert working_ms_between(at("2026-10-01T00:00:00"), at("2026-10-08T00:00:00"), PLANT) == 0


# In ten years that is more than the hours that are asked for below; with less they are refused.
LEAST_OF_A_WEEK = HOUR // 3
minutes = st.integers(0, 1440)
calendars = st.builds(
    Calendar,
    workdays=st.frozensets(st.integers(1, 7), min_size=1),
    start=st.integers(0, 700),
    end=st.integers(760, 1440),
    lunch=st.tuples(minutes, minutes).filter(lambda lunch: lunch[1] - lunch[0] < 720),
    holidays=st.frozensets(
        st.dates(datetime(2026, 1, 1).date(), datetime(2026, 3, 1).date()).map(str)
    ),
    extra_workdays=st.frozensets(
        st.dates(datetime(2026, 1, 1).date(), datetime(2026, 3, 1).date()).map(str)
    ),
    utc_offset=st.integers(-720, 840),
).filter(
    lambda calendar: (
        working_ms_between(at("2026-03-10T00:00:00"), at("2026-03-17T00:00:00"), calendar)
        >= LEAST_OF_A_WEEK
    )
)
moments = st.integers(at("2025-12-25T00:00:00"), at("2026-03-10T00:00:00"))
hours_of_work = st.integers(0, 100)


class TestLaws:
    @given(moments, hours_of_work, calendars)
    def test_what_was_added_lies_between(self, start: int, hours: int, calendar: Calendar) -> None:
        end = add_working_hours(start, hours, calendar)
        assert working_ms_between(start, end, calendar) == hours * HOUR

    @given(moments, st.integers(1, 100), calendars)
    def test_the_end_is_the_earliest(self, start: int, hours: int, calendar: Calendar) -> None:
        end = add_working_hours(start, hours, calendar)
        assert is_working(end - 1, calendar)

    @given(moments, st.integers(0, 20 * DAY), hours_of_work, calendars)
    def test_a_later_start_never_ends_earlier(
        self, start: int, later: int, hours: int, calendar: Calendar
    ) -> None:
        assert add_working_hours(start, hours, calendar) <= add_working_hours(
            start + later, hours, calendar
        )

    @given(moments, hours_of_work, st.integers(1, 50), calendars)
    def test_more_hours_end_later(
        self, start: int, hours: int, more: int, calendar: Calendar
    ) -> None:
        assert add_working_hours(start, hours, calendar) < add_working_hours(
            start, hours + more, calendar
        )

    @given(moments, moments, moments, calendars)
    def test_spans_add_up(self, a: int, b: int, c: int, calendar: Calendar) -> None:
        whole = working_ms_between(a, c, calendar)
        assert whole == working_ms_between(a, b, calendar) + working_ms_between(b, c, calendar)

    @given(moments, calendars)
    def test_a_moment_works_when_its_millisecond_counts(
        self, moment: int, calendar: Calendar
    ) -> None:
        assert is_working(moment, calendar) == (
            working_ms_between(moment, moment + 1, calendar) == 1
        )
