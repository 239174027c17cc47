"""What the bench of messages computes without a server: names, counting, rows."""

import pytest

from bench.goals import GOALS, judge, judged
from bench.load import Result, differences
from bench.measuring import Measured, peer_rows, row
from bench.pairs import PAIRS
from bench.process import BenchError
from bench.publish import merged, placed
from bench.report import Report, Row, left_out, markdown
from bench.run import chosen
from bench.scenarios import LARGE, SCENARIOS, Scenario, by_size
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
    def test_no_name_takes_what_every_goal_is_judged_by_and_inspection(self) -> None:
        scenarios, pairs, with_inspection = chosen("")
        made = {figure.name for one in scenarios for figure in one.figures()}
        made |= {pair.name for pair in pairs}
        for scenario in scenarios:
            for peer in scenario.peers:
                made |= {f"peer.{peer}.{figure.name}" for figure in scenario.figures()}
        assert {goal.row for goal in GOALS} <= made and with_inspection

    def test_what_has_a_name_runs_alone(self) -> None:
        assert [one.name for one in chosen("herd1000, fan200")[0]] == ["fan200", "herd1000"]
        assert chosen("governance")[1:] == (
            [pair for pair in PAIRS if pair.name == "governance"],
            False,
        )

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(BenchError, match="no scenario closed33"):
            chosen("closed33")

    def test_no_name_stands_twice(self) -> None:
        names = [one.name for one in (*SCENARIOS, *LARGE, *PAIRS)]
        assert len(names) == len(set(names))

    def test_scenarios_of_one_size_share_their_servers(self) -> None:
        assert {size: len(some) for size, some in by_size(list(LARGE)).items()} == {
            (250, False): 1,
            (200, False): 2,
            (1000, False): 1,
            (1000, True): 1,
        }


class TestRow:
    def test_the_ratio_is_the_median_of_the_ratios_within_each_run(self) -> None:
        figure = SCENARIOS[1].figures()[0]
        base = [Result(acked_per_s=value) for value in (10.0, 100.0, 50.0)]
        main = [Result(acked_per_s=value) for value in (5.0, 20.0, 40.0)]
        made = row("x", "sqlite", {}, figure, [base, main])
        assert (made.median, made.min, made.max, made.floor, made.ratio) == (20, 5, 40, 50, 0.5)

    def test_one_side_alone_has_no_ratio(self) -> None:
        made = row("x", "sqlite", {}, SCENARIOS[1].figures()[0], [[Result(acked_per_s=5.0)]])
        assert (made.floor, made.ratio) == (None, None)

    def test_a_peer_is_compared_in_the_runs_that_it_made_and_left_out_aloud(self) -> None:
        scenario = Scenario("closed1", 1, 1, peers=("ejabberd", "prosody", "synapse"))
        ours = [Result(acked_per_s=value) for value in (10.0, 20.0, 40.0)]
        results = {("closed1", "product"): ours, ("closed1", "ejabberd"): [Result(acked_per_s=5.0)]}
        measured = Measured(results, [], {("closed1", "prosody"): "it fell over"})
        made = peer_rows("sqlite", [scenario], {"synapse": "not installed"}, measured, 1.0)
        rows = {each.name: each for each in made}
        beside = rows["peer.ejabberd.closed1"]
        assert (beside.runs, beside.median, beside.floor, beside.ratio) == (1, 10, 5, 2)
        assert rows["peer.prosody.closed1"].params["left_out"] == "it fell over"
        assert rows["peer.synapse.closed1"].params["left_out"] == "not installed"
        assert all(each.runs == 0 for name, each in rows.items() if "ejabberd" not in name)


class TestGoals:
    def _verdict(self, name: str, database: str, ratio: float | None, median: float = 1) -> str:
        made = Row(name, database, {}, "", 3, median, median, median, 1.0, ratio)
        (found,) = judge(Report("abc", "a machine", 1.0, [made]))
        return found.verdict

    def test_a_bound_may_be_a_least_or_a_most_a_ratio_or_a_figure(self) -> None:
        assert self._verdict("closed32", "sqlite", 0.34) == "**MISSED**"
        assert self._verdict("closed32", "sqlite", 0.35) == "met"
        assert self._verdict("closed32", "postgresql", 0.6) == "aim met"
        assert self._verdict("governance", "sqlite", 2.1) == "**MISSED**"
        assert self._verdict("governance", "sqlite", 2.0) == "met"
        assert self._verdict("idle10000", "sqlite", 9.0, 24) == "met"
        assert self._verdict("closed1.per_sync", "sqlite", 9.0, 0.4) == "**MISSED**"
        assert self._verdict("closed1.per_sync", "postgresql", 0.1, 0.4) == "aim met"

    def test_what_was_left_out_is_not_met(self) -> None:
        assert self._verdict("closed32", "sqlite", None).startswith("LEFT OUT")
        gone = left_out("peer.synapse.closed32", "sqlite", "msg/s", "not installed")
        shown = judged(Report("abc", "a machine", 1.0, [gone]))
        assert "LEFT OUT: not installed" in shown and "met" not in shown.splitlines()[-1]


class TestPublish:
    def _report(self, commit: str, median: float) -> Report:
        made = Row("closed32", "sqlite", {}, "msg/s", 1, median, median, median, 1.0, 0.5)
        return Report(commit, "a machine", median, [made])

    def test_of_a_row_in_several_reports_the_last_counts(self) -> None:
        whole = merged([self._report("abc", 1.0), self._report("abc", 3.0)])
        assert [each.median for each in whole.rows] == [3] and whole.sync_per_s == 2
        with pytest.raises(ValueError, match="2 different commits"):
            merged([self._report("abc", 1.0), self._report("def", 1.0)])

    def test_only_what_stands_between_the_marks_is_replaced(self) -> None:
        text = "a\n<!-- x -->\nold\n<!-- bench: end -->\nb"
        assert placed(text, "<!-- x -->", "new") == text.replace("old", "new")
        with pytest.raises(ValueError, match="there is no"):
            placed(text, "<!-- y -->", "new")


class TestMarkdown:
    def test_it_shows_every_row_and_a_dash_for_what_is_missing(self) -> None:
        made = Row("closed1", "sqlite", {}, "msg/s", 3, 1234.5, 1000.0, 2000.0, None, None)
        shown = markdown(Report("abc", "a machine", 4000.0, [made])).splitlines()
        assert shown[0] == "Commit `abc`; a machine; fdatasync 4,000/s."
        assert shown[-1].startswith("| `closed1` | sqlite | msg/s | 3 | 1,23")
        assert shown[-1].endswith("| - | - |")


class TestMadeTerms:
    def test_they_are_as_many_as_asked_for_and_the_same_each_time(self) -> None:
        assert len(set(made_terms(5_000))) == 5_000
        assert made_terms(100) == made_terms(100)
