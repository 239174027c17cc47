"""What the bench of messages computes without a server: names, counting, rows."""

import pytest

from bench.load import Result, differences
from bench.pairs import PAIRS
from bench.process import BenchError
from bench.report import Report, Row, markdown
from bench.run import _chosen, _row
from bench.scenarios import LARGE, SCENARIOS, by_size
from bench.world import made_terms


class TestDifferences:
    def test_nothing_is_wrong_with_what_was_sent_in_order(self) -> None:
        assert differences([1, 2, 5], [1, 2, 5]) == ""

    @pytest.mark.parametrize(
        ("received", "expected"),
        [
            ([1, 5], "of 3 messages 1 lost, 0 doubled, 0 never sent"),
            ([1, 2, 2, 5], "of 3 messages 0 lost, 1 doubled, 0 never sent"),
            ([1, 2, 5, 7], "of 3 messages 0 lost, 0 doubled, 1 never sent"),
            ([1, 1, 5], "of 3 messages 1 lost, 1 doubled, 0 never sent"),
            ([2, 1, 5], "all messages, but not in the order of the ledger"),
        ],
    )
    def test_what_is_lost_doubled_strange_or_out_of_order_is_counted(
        self, received: list[int], expected: str
    ) -> None:
        assert differences([1, 2, 5], received) == expected


class TestChosen:
    def test_no_name_takes_the_small_scenarios_and_inspection(self) -> None:
        assert _chosen("") == (list(SCENARIOS), True)

    def test_large_scenarios_and_pairs_run_by_name(self) -> None:
        assert [one.name for one in _chosen("herd1000, fan200")[0]] == ["fan200", "herd1000"]
        assert _chosen("governance peers") == ([], False)

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(BenchError, match="no scenario closed33"):
            _chosen("closed33")

    def test_no_name_stands_twice(self) -> None:
        names = [one.name for one in (*SCENARIOS, *LARGE, *PAIRS)]
        assert len(names) == len(set(names))

    def test_scenarios_of_one_size_share_their_servers(self) -> None:
        assert {size: len(some) for size, some in by_size(list(LARGE)).items()} == {
            (40, False): 1,
            (200, False): 2,
            (1000, False): 1,
            (1000, True): 1,
        }


class TestRow:
    def test_the_ratio_is_the_median_of_the_ratios_within_each_run(self) -> None:
        figure = SCENARIOS[1].figures()[0]
        base = [Result(acked_per_s=value) for value in (10.0, 100.0, 50.0)]
        main = [Result(acked_per_s=value) for value in (5.0, 20.0, 40.0)]
        row = _row("x", "sqlite", {}, figure, [base, main])
        assert (row.median, row.min, row.max, row.floor, row.ratio) == (20, 5, 40, 50, 0.5)

    def test_one_side_alone_has_no_ratio(self) -> None:
        row = _row("x", "sqlite", {}, SCENARIOS[1].figures()[0], [[Result(acked_per_s=5.0)]])
        assert (row.floor, row.ratio) == (None, None)


class TestMarkdown:
    def test_it_shows_every_row_and_a_dash_for_what_is_missing(self) -> None:
        row = Row("closed1", "sqlite", {}, "msg/s", 3, 1234.5, 1000.0, 2000.0, None, None)
        shown = markdown(Report("abc", "a machine", 4000.0, [row])).splitlines()
        assert shown[0] == "Commit `abc`; a machine; fdatasync 4,000/s."
        assert shown[-1].startswith("| `closed1` | sqlite | msg/s | 3 | 1,23")
        assert shown[-1].endswith("| - | - |")


class TestMadeTerms:
    def test_they_are_as_many_as_asked_for_and_the_same_each_time(self) -> None:
        assert len(set(made_terms(5_000))) == 5_000
        assert made_terms(100) == made_terms(100)
