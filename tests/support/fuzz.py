"""Requests made up from the server's own description, by people of every part, about things that exist.

The server may refuse whatever it wants, but only in its one shape and with a code that the documentation names.
"""

import base64
import io
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok

from bench.process import BenchError
from bench.servers import Session
from guiju import app
from guiju.kernel.errors import all_errors
from tests.support.server import Place

REFUSALS = frozenset({401, 403, 404, 409, 413, 415, 422, 429})
_PARTS = 12
_DAYS = ("2026-10-01", "2026-11-30", "2026-12-31", "2027-02-28")
_TIMEOUT = 30.0
Json = dict[str, Any]
Operation = APIOperation[Any, Any, Any, Any]
Made = Case[Any]


@dataclass(slots=True)
class Report:
    """What was asked and answered; `problems` must be empty."""

    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def summary(self) -> Json:
        """The report as JSON."""
        return {
            "requests": sum(self.statuses.values()),
            "operations": len(self.operations),
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "codes": dict(self.codes.most_common()),
            "problems": self.problems[:20],
        }


class Actor:
    """Somebody who asks; signs in again when an act of this run ended the session. `anonymous` never does."""

    def __init__(self, place: Place, account: Mapping[str, str] | None) -> None:
        self._password = account["password"] if account is not None else ""
        self.session: Session | None = None
        if account is not None:
            self.session = place.sign_in(account["account"], self._password)
        self._http = requests.Session()
        self._http.trust_env = False
        self.name = account["account"] if account is not None else "anonymous"

    def ask(self, case: Made, place: Place) -> requests.Response:
        """Send the case as the client of the site would, with the cookie of this person."""
        headers = {"Origin": place.origin}
        if self.session is not None:
            headers["Cookie"] = self.session.cookie
        arguments = case.as_transport_kwargs(base_url=place.origin, headers=headers)
        arguments.pop("cookies", None)
        self._http.cookies.clear()
        return self._http.request(**arguments, timeout=_TIMEOUT, allow_redirects=False)

    def renew(self) -> None:
        """Begin another session, if that is still possible."""
        if self.session is not None:
            try:
                self.session.sign_in(self._password)
            except BenchError:
                self.session = None  # somebody with the right to do so has locked them out


class Fuzz:
    """One run against a demonstration that is being served."""

    def __init__(self, place: Place, accounts: Sequence[Mapping[str, str]]) -> None:
        self._place = place
        self.actors = [
            Actor(place, None),
            *(Actor(place, account) for account in accounts[:_PARTS]),
        ]
        assert app.ROUTES, "every module that refuses is loaded"
        self._codes = {cls.code for cls in all_errors()}
        self.report = Report()
        document = requests.get(f"{place.origin}/api/openapi.json", timeout=_TIMEOUT).json()
        self._schema = schemathesis.openapi.from_dict(document)
        self._known = self._things()

    def _things(self) -> dict[str, list[Any]]:
        """Ids that exist, by the name under which requests carry them. The people of this run are left alone."""
        sessions = [actor.session for actor in self.actors if actor.session is not None]
        found: dict[str, set[Any]] = {}

        def collect(path: str, key: str, *names: str) -> None:
            for session in sessions:
                answer = session.ask("GET", path)
                if answer.status == 200:
                    for one in answer.said[key]:
                        card = one.get("group", one)
                        for name in names:
                            found.setdefault(name, set()).add(card.get("position", card.get("id")))

        collect("/api/conversations", "conversations", "group", "from")
        collect("/api/approvals?box=todo", "requests", "request_id")
        collect("/api/approvals?box=done", "requests", "request_id")
        collect("/api/notices?box=todo", "notices", "notice_id")
        collect("/api/applications", "applications", "application")
        collect("/api/reviews?box=waiting", "reviews", "position")
        collect("/api/clauses", "clauses", "clause_id")
        collect("/api/units", "units", "unit_id", "parent_id")
        mine = {session.account for session in sessions}
        for session in sessions:
            answer = session.ask("GET", "/api/accounts?limit=200")
            if answer.status == 200:
                others = [one for one in answer.said["accounts"] if one["login"] not in mine]
                found.setdefault("account_id", set()).update(one["id"] for one in others)
                people = {one["person"]["id"] for one in others}
                for name in (
                    "person",
                    "person_id",
                    "owner_id",
                    "head_id",
                    "person_ids",
                    "member_ids",
                ):
                    found.setdefault(name, set()).update(people)
        self._stir(sessions, found)
        for name in ("position", "positions"):
            found.setdefault(name, set()).update(range(0, 900, 37))
        found["since"] = found["until"] = set(_DAYS)
        found["content"] = {_workbook()}
        found["csv"] = {"工号,姓名,部门\nF1,甲,乙\n"}
        return {name: sorted(values, key=str) for name, values in found.items()}

    def _stir(self, sessions: Sequence[Session], found: dict[str, set[Any]]) -> None:
        """Ask about new messages, for one unit after the other: the demonstration has no questions."""
        units = sorted(found["unit_id"], key=str)
        asked: set[Any] = set()
        for number, session in enumerate(sessions[:6]):
            for at, group in enumerate(session.active_groups()[:3]):
                here = f"/api/groups/{group}/messages"
                written = {"text": f"{number}{at} 号件请看"}
                sent = session.ask("POST", here, {"cmid": f"stir-{number}-{at}", "body": written})
                position = sent.said.get("position") if sent.status == 200 else None
                if position is None:
                    continue
                found.setdefault("position", set()).add(position)
                about = {"text": "哪一版？", "unit_id": units[(number + at) % len(units)]}
                raised = session.ask("POST", f"{here}/{position}/questions", about)
                if raised.status == 200:
                    asked.add(raised.said["id"])
        assert asked, "somebody may ask"
        found["question"] = asked

    def run(self, examples: int, seconds: float, seed_: int) -> Report:
        """Make up `examples` requests for each operation, after `seconds` only one, and have everybody make them."""
        deadline = time.monotonic() + seconds
        for result in self._schema.get_all_operations():
            assert isinstance(result, Ok), "the server describes every operation in full"
            self._try(result.ok(), examples if time.monotonic() < deadline else 1, seed_)
        return self.report

    def _try(self, operation: Operation, examples: int, seed_: int) -> None:
        positive = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        negative = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

        @seed(seed_)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(positive, positive, negative), pick=st.integers(0, 2**31))
        def everybody(case: Made, pick: int) -> None:
            self._aim(case, pick)
            # Signing in is made to be slow, so only few sign out.
            for actor in self.actors[:2] if _ends_sessions(operation) else self.actors:
                self._judge(operation, case, actor, actor.ask(case, self._place))

        everybody()

    def _aim(self, case: Made, pick: int) -> None:
        """Three times out of four, put ids of things that exist where ids belong."""
        if pick % 4 == 0:
            return
        for name in case.path_parameters or ():
            if name in self._known:
                case.path_parameters[name] = self._known[name][pick % len(self._known[name])]
        if isinstance(case.body, dict):
            for name in case.body.keys() & self._known.keys():
                one = self._known[name][pick % len(self._known[name])]
                case.body[name] = [one] if name.endswith(("_ids", "positions")) else one

    def _judge(
        self, operation: Operation, case: Made, actor: Actor, answer: requests.Response
    ) -> None:
        label = f"{operation.method.upper()} {operation.path}"
        self.report.statuses[answer.status_code] += 1
        self.report.operations[label] += 1
        problem = self._problem(answer)
        if problem is not None:
            asked = f"{case.path_parameters} {case.query} {case.body!r:.300}"
            self.report.problems.append(f"{label} by {actor.name}: {problem} ({asked})")
        if answer.status_code == 401 or _ends_sessions(operation):
            actor.renew()

    def _problem(self, answer: requests.Response) -> str | None:
        if answer.status_code < 300:
            return None if answer.headers.get("Cache-Control") == "no-store" else "may be cached"
        if answer.status_code not in REFUSALS:
            return f"status {answer.status_code}: {answer.text[:300]}"
        try:
            said = json.loads(answer.content)
        except ValueError:
            return f"not JSON: {answer.text[:300]}"
        if not isinstance(said, dict) or said.keys() != {"code", "message", "data"}:
            return f"not the shape of an error: {answer.text[:300]}"
        if (
            said["code"] not in self._codes
            or not said["message"]
            or not isinstance(said["data"], dict)
        ):
            return f"not an error that is documented: {answer.text[:300]}"
        self.report.codes[said["code"]] += 1
        return None


def _ends_sessions(operation: Operation) -> bool:
    return operation.path in ("/api/session", "/api/sessions") and operation.method == "delete"


def _workbook() -> str:
    """A list of people as a workbook in base64."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((["工号", "姓名", "部门"], ["F2", "丙", "丁"])):
            sheet.write_row(at, 0, row)
    return base64.b64encode(out.getvalue()).decode()


def make_demo(place: Place) -> list[dict[str, str]]:
    """Make the demonstration; its accounts."""
    place.guiju("init", "--demo")
    accounts: list[dict[str, str]] = json.loads(place.guiju("demo-accounts", "--json"))
    return accounts
