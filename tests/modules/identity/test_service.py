"""The life of an account and of sessions, on both databases."""

from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from guiju.kernel.actor import Actor, system
from guiju.kernel.clock import DAY
from guiju.kernel.ids import PersonId
from guiju.kernel.lane import WriteTx
from guiju.modules.directory import service as directory
from guiju.modules.directory.types import LastHolderError
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import (
    Account,
    AccountActivated,
    AccountCertified,
    AccountClosed,
    AccountId,
    AccountNotFoundError,
    AccountNotUsableError,
    AccountRegistered,
    AccountRequested,
    AccountResumed,
    AccountState,
    AccountSuspended,
    BadCodeError,
    BadCredentialsError,
    CodeIssued,
    Credential,
    LoginTakenError,
    NotCertifiedError,
    OtherLineError,
    OwnAccountError,
    PasswordReset,
    Session,
    SessionId,
    SessionNotFoundError,
    SessionsEnded,
    SignInLocked,
    TooManyAttemptsError,
    WeakPasswordError,
    WrongStateError,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import AttemptRefused, NotAllowedError
from tests.support.world import World

T = TypeVar("T")
SYSTEM = system("test")
MINUTE = 60_000
PACK = """
pack: identity-test
version: 1
title: {zh: 测试, en: Test}
classes: [{id: all, title: {zh: 全部, en: All}}]
levels: [{id: public, rank: 1, title: {zh: 公开, en: Public}}]
clauses:
  - id: "1.1"
    title: {zh: 登录, en: Sign-in}
    text: {zh: 登录, en: Sign-in}
    controls:
      - {use: identity.sign_in, with: {max_failures: 3, lock_minutes: 10}}
      - {use: identity.sessions, with: {idle_days: 7}}
      - {use: identity.certified}
"""

SILENT = PACK[: PACK.index("    controls:")]


@dataclass(frozen=True)
class Staff:
    """People with accounts, made by the system."""

    world: World

    def person(
        self, staff_no: str, *roles: str, state: AccountState = AccountState.CERTIFIED
    ) -> Actor:
        """A person whose account has come as far as `state`."""

        def make(tx: WriteTx) -> PersonId:
            person = directory.add_person(
                tx, SYSTEM, name=f"人{staff_no}", staff_no=staff_no, unit=None
            )
            account = identity.find_account_of(tx, person.id)
            assert account is not None
            if state is not AccountState.REQUESTED:
                done = identity.register_account(tx, SYSTEM, account.id)
                if state is not AccountState.REGISTERED:
                    identity.activate(
                        tx, login=staff_no, code=done.code, password_hash=f"hash-{staff_no}"
                    )
                if state is AccountState.CERTIFIED:
                    identity.certify(tx, SYSTEM, account.id, proof="身份证原件")
            for role in roles:
                directory.grant_role(tx, SYSTEM, person.id, role)
            return person.id

        return Actor(person=self.world.write(make))

    def account(self, actor: Actor) -> Account:
        found = self.world.read(lambda tx: identity.find_account_of(tx, actor.person_id))
        assert found is not None
        return found

    def session(self, actor: Actor, token: str) -> Session:
        account = self.account(actor).id
        return self.world.write(
            lambda tx: identity.create_session(
                tx, account, token_hash=token, device="Firefox · Linux"
            )
        )

    def found(self, token: str) -> Session | None:
        return self.world.read(lambda tx: identity.find_session(tx, token))

    def adopt(self, pack: str = PACK) -> None:
        self.world.write(lambda tx: policy.adopt(tx, SYSTEM, text=pack, dictionaries={}))

    def of(self, kind: type[T]) -> list[T]:
        return [fact for fact in self.world.facts() if isinstance(fact, kind)]


@pytest.fixture
def staff(world: World) -> Staff:
    return Staff(world)


class TestRequest:
    def test_a_new_person_has_a_requested_account(self, staff: Staff) -> None:
        account = staff.account(staff.person("CY1", state=AccountState.REQUESTED))
        assert (account.login, account.state) == ("CY1", AccountState.REQUESTED)
        assert staff.of(AccountRequested) == [AccountRequested(account.id, account.person, "CY1")]

    def test_a_login_is_given_once_and_never_again(self, staff: Staff, world: World) -> None:
        gone = staff.account(staff.person("CY1"))
        world.write(lambda tx: identity.close(tx, SYSTEM, gone.id, reason="离职"))
        with pytest.raises(LoginTakenError):
            world.write(
                lambda tx: identity.request_account(tx, SYSTEM, PersonId("per_x"), login="ｃｙ1")
            )
        assert world.read(lambda tx: identity.logins_taken(tx, ["cy1", "cy2"])) == {"cy1"}


class TestTheWayToCertification:
    def test_each_step_is_recorded_by_who_took_it(self, staff: Staff, world: World) -> None:
        it, hr = staff.person("IT1", "it"), staff.person("HR1", "hr")
        staff.adopt()
        account = staff.account(staff.person("CY1", state=AccountState.REQUESTED)).id
        start = len(world.facts())
        done = world.write(lambda tx: identity.register_account(tx, it, account))
        world.write(
            lambda tx: identity.activate(tx, login="cy1", code=done.code, password_hash="h")
        )
        certified = world.write(lambda tx: identity.certify(tx, hr, account, proof="身份证原件"))
        assert certified.state is AccountState.CERTIFIED
        assert world.facts()[start:] == [
            AccountRegistered(account, certified.person, "requested"),
            AccountActivated(account, certified.person, "registered"),
            AccountCertified(account, certified.person, "activated", "身份证原件"),
        ]

    def test_the_code_is_good_once_for_seven_days(self, staff: Staff, world: World) -> None:
        """[single-use]."""
        account = staff.account(staff.person("CY1", state=AccountState.REQUESTED)).id
        done = world.write(lambda tx: identity.register_account(tx, SYSTEM, account))
        for login, code in (("CY1", "AAAA-AAAA-AAAA"), ("CY2", done.code)):
            with pytest.raises(BadCodeError):
                world.write(
                    lambda tx, a=login, c=code: identity.activate(  # type: ignore[misc]  # bound at once
                        tx, login=a, code=c, password_hash="h"
                    )
                )
        world.clock.advance(7 * DAY)
        with pytest.raises(BadCodeError):
            world.write(
                lambda tx: identity.activate(tx, login="CY1", code=done.code, password_hash="h")
            )
        again = world.write(lambda tx: identity.register_account(tx, SYSTEM, account))
        world.write(
            lambda tx: identity.activate(tx, login="CY1", code=again.code, password_hash="h")
        )
        with pytest.raises(BadCodeError):
            world.write(
                lambda tx: identity.activate(tx, login="CY1", code=again.code, password_hash="h2")
            )
        assert len(staff.of(CodeIssued)) == 1

    def test_a_forgotten_password_is_replaced_with_a_later_code(
        self, staff: Staff, world: World
    ) -> None:
        person = staff.person("CY1")
        staff.session(person, "t1")
        account = staff.account(person)
        done = world.write(lambda tx: identity.register_account(tx, SYSTEM, account.id))
        world.write(
            lambda tx: identity.activate(tx, login="CY1", code=done.code, password_hash="new")
        )
        assert staff.account(person) == account
        assert staff.found("t1") is None
        assert world.read(lambda tx: identity.find_credential(tx, "CY1")) == Credential(
            account.id, "new"
        )
        assert staff.of(PasswordReset) == [PasswordReset(account.id, account.person)]

    def test_steps_are_not_skipped_or_repeated(self, staff: Staff, world: World) -> None:
        requested = staff.account(staff.person("CY1", state=AccountState.REQUESTED)).id
        certified = staff.account(staff.person("CY2")).id
        count = len(world.facts())
        for account in (requested, certified):
            with pytest.raises(WrongStateError):
                world.write(lambda tx, a=account: identity.certify(tx, SYSTEM, a, proof="x"))  # type: ignore[misc]  # bound at once
        with pytest.raises(WrongStateError):
            world.write(lambda tx: identity.resume(tx, SYSTEM, certified, reason="x"))
        assert len(world.facts()) == count


class TestWhoMay:
    def test_each_act_takes_its_own_role(self, staff: Staff, world: World) -> None:
        hr, it, security = (
            staff.person("1", "hr"),
            staff.person("2", "it"),
            staff.person("3", "security_admin"),
        )
        account = staff.account(staff.person("4", state=AccountState.ACTIVATED)).id
        refused = [
            (hr, identity.register_account, {}),
            (security, identity.register_account, {}),
            (it, identity.certify, {"proof": "x"}),
            (security, identity.certify, {"proof": "x"}),
            *(
                (who, act, {"reason": "x"})
                for who in (hr, it)
                for act in (identity.suspend, identity.close)
            ),
        ]
        for who, act, inputs in refused:
            with pytest.raises(NotAllowedError):
                world.write(lambda tx, w=who, a=act, i=inputs: a(tx, w, account, **i))  # type: ignore[misc]  # bound at once

    def test_for_everybody_else_there_are_no_accounts(self, staff: Staff, world: World) -> None:
        outsider = staff.person("1", "registrar")
        account = staff.account(staff.person("2", state=AccountState.ACTIVATED)).id
        with pytest.raises(AccountNotFoundError):
            world.write(lambda tx: identity.certify(tx, outsider, account, proof="x"))
        with pytest.raises(NotAllowedError):
            world.read(lambda tx: identity.list_accounts(tx, outsider))

    def test_nobody_acts_on_their_own_account(self, staff: Staff, world: World) -> None:
        security, it = staff.person("1", "security_admin"), staff.person("2", "it")
        with pytest.raises(OwnAccountError):
            world.write(
                lambda tx: identity.close(tx, security, staff.account(security).id, reason="x")
            )
        mine = staff.account(it).id
        with pytest.raises(OwnAccountError):
            world.write(lambda tx: identity.register_account(tx, it, mine))

    def test_accounts_are_found_by_state_login_and_name(self, staff: Staff, world: World) -> None:
        hr = staff.person("HR1", "hr")
        staff.person("CY1", state=AccountState.REQUESTED)
        staff.person("CY2")

        def logins(**wanted: Any) -> list[str]:
            page = world.read(lambda tx: identity.list_accounts(tx, hr, **wanted))
            assert page.total == len(page.items)
            return [account.login for account in page.items]

        assert sorted(logins()) == ["CY1", "CY2", "HR1"]
        assert logins(state=AccountState.REQUESTED) == ["CY1"]
        assert sorted(logins(words="cy")) == ["CY1", "CY2"]
        assert logins(words="人CY2") == ["CY2"]
        assert logins(words="%") == []
        first = world.read(lambda tx: identity.list_accounts(tx, hr, limit=2))
        rest = world.read(
            lambda tx: identity.list_accounts(tx, hr, limit=2, after=first.items[-1].id)
        )
        assert (len(first.items), first.more, len(rest.items), rest.more) == (2, True, 1, False)


class TestCodesOfAdministrators:
    """Whoever has a code can take the account over: for an administrator's it comes from another line."""

    LINES = ("system_admin", "security_admin", "audit_admin")

    @pytest.mark.parametrize("line", LINES)
    def test_another_line_issues_them_and_the_refusal_is_recorded(
        self, staff: Staff, world: World, line: str
    ) -> None:
        it = staff.person("IT", "it")
        issuers = {role: staff.person(f"by-{role}", role) for role in self.LINES}
        account = staff.account(staff.person("target", line))
        right = "audit_admin" if line == "security_admin" else "security_admin"
        assert world.read(lambda tx: identity.code_issuer(tx, account)) == right
        for role, who in {**issuers, "it": it}.items():
            if role == right:
                continue
            before = len(world.facts())
            expected = AccountNotFoundError if role == "system_admin" else OtherLineError
            with pytest.raises(expected) as refused:
                world.write(lambda tx, w=who: identity.register_account(tx, w, account.id))  # type: ignore[misc]  # bound at once
            if expected is OtherLineError:
                assert refused.value.data == {"by": right}
                (attempt,) = world.facts()[before:]
                assert isinstance(attempt, AttemptRefused)
                assert attempt.code == "identity.other_line"
        done = world.write(lambda tx: identity.register_account(tx, issuers[right], account.id))
        entry = world.entries("identity.code_issued")[-1]
        assert (entry.actor, entry.fact.person) == (issuers[right].name, account.person)
        world.write(
            lambda tx: identity.activate(tx, login="target", code=done.code, password_hash="new")
        )

    def test_no_administrator_issues_their_own(self, staff: Staff, world: World) -> None:
        security = staff.person("1", "security_admin")
        with pytest.raises(OtherLineError):
            world.write(
                lambda tx: identity.register_account(tx, security, staff.account(security).id)
            )

    def test_everybody_elses_come_from_it_alone(self, staff: Staff, world: World) -> None:
        account = staff.account(staff.person("2"))
        for role in ("security_admin", "audit_admin"):
            who = staff.person(role, role)
            with pytest.raises(NotAllowedError):
                world.write(lambda tx, w=who: identity.register_account(tx, w, account.id))  # type: ignore[misc]  # bound at once

    def test_a_code_from_before_is_void_once_a_line_is_given(
        self, staff: Staff, world: World
    ) -> None:
        it, person = staff.person("IT", "it"), staff.person("CY1")
        done = world.write(lambda tx: identity.register_account(tx, it, staff.account(person).id))
        world.write(lambda tx: directory.grant_role(tx, SYSTEM, person.person_id, "hr"))
        world.read(lambda tx: identity.check_code(tx, login="CY1", code=done.code))
        world.write(lambda tx: directory.grant_role(tx, SYSTEM, person.person_id, "audit_admin"))
        with pytest.raises(BadCodeError):
            world.write(
                lambda tx: identity.activate(tx, login="CY1", code=done.code, password_hash="x")
            )


class TestTheLastOfALine:
    @pytest.mark.parametrize("line", ["system_admin", "audit_admin"])
    def test_the_last_who_can_act_is_not_barred(
        self, staff: Staff, world: World, line: str
    ) -> None:
        security = staff.person("1", "security_admin")
        first, second = staff.person("2", line), staff.person("3", line)
        staff.person("4", line, state=AccountState.ACTIVATED)  # not certified: can do nothing
        world.write(lambda tx: identity.suspend(tx, security, staff.account(second).id, reason="x"))
        last = staff.account(first).id
        for act in (identity.suspend, identity.close):
            before = len(world.facts())
            with pytest.raises(LastHolderError) as refused:
                world.write(lambda tx, a=act: a(tx, security, last, reason="x"))  # type: ignore[misc]  # bound at once
            assert refused.value.data == {"role": line}
            (attempt,) = world.facts()[before:]
            assert isinstance(attempt, AttemptRefused)
            assert attempt.code == "directory.last_holder"
        with pytest.raises(LastHolderError):
            world.write(lambda tx: directory.revoke_role(tx, security, first.person_id, line))
        world.write(lambda tx: identity.resume(tx, security, staff.account(second).id, reason="x"))
        world.write(lambda tx: identity.close(tx, security, last, reason="x"))
        with pytest.raises(LastHolderError):
            world.write(lambda tx: directory.revoke_role(tx, security, second.person_id, line))


class TestSuspension:
    def test_sessions_end_with_it_and_the_state_comes_back(
        self, staff: Staff, world: World
    ) -> None:
        staff.adopt()
        security, person = staff.person("1", "security_admin"), staff.person("2")
        staff.session(person, "t1"), staff.session(person, "t2")
        account = staff.account(person)
        world.write(lambda tx: identity.suspend(tx, security, account.id, reason="调查"))
        assert (staff.found("t1"), staff.found("t2")) == (None, None)
        assert staff.of(SessionsEnded) == [
            SessionsEnded(account.id, account.person, 2, "suspension")
        ]
        assert world.read(lambda tx: identity.is_barred(tx, account.person))
        assert not world.read(lambda tx: policy.may(tx, person, "directory.read"))
        with pytest.raises(AccountNotUsableError) as refused:
            staff.session(person, "t3")
        assert refused.value.data == {"state": "suspended"}
        world.write(lambda tx: identity.resume(tx, security, account.id, reason="查清"))
        assert staff.account(person).state is AccountState.CERTIFIED
        assert staff.found("t1") is None
        assert staff.of(AccountSuspended) == [
            AccountSuspended(account.id, account.person, "certified", "调查")
        ]
        assert staff.of(AccountResumed) == [
            AccountResumed(account.id, account.person, "suspended", "certified", "查清")
        ]

    def test_closing_is_for_good(self, staff: Staff, world: World) -> None:
        """[leaver]."""
        person = staff.person("1")
        staff.session(person, "t1")
        account = staff.account(person)
        world.write(lambda tx: identity.close(tx, SYSTEM, account.id, reason="离职"))
        assert staff.found("t1") is None
        assert staff.of(AccountClosed) == [
            AccountClosed(account.id, account.person, "certified", "离职")
        ]
        for act in (identity.close, identity.resume, identity.suspend):
            with pytest.raises(WrongStateError):
                world.write(lambda tx, a=act: a(tx, SYSTEM, account.id, reason="x"))  # type: ignore[misc]  # bound at once
        with pytest.raises(WrongStateError):
            world.write(lambda tx: identity.register_account(tx, SYSTEM, account.id))


class TestSignIn:
    def test_the_clause_locks_after_so_many_failures(self, staff: Staff, world: World) -> None:
        staff.adopt()
        person = staff.person("CY1")
        account = staff.account(person)
        for _ in range(3):
            assert world.read(lambda tx: identity.find_credential(tx, "CY1")) is not None
            world.write(lambda tx: identity.sign_in_failed(tx, "CY1"))
        until = world.clock.now() + 10 * MINUTE
        assert staff.of(SignInLocked) == [SignInLocked(account.id, account.person, 3, until)]
        with pytest.raises(TooManyAttemptsError) as refused:
            world.read(lambda tx: identity.find_credential(tx, "ｃｙ1"))
        assert refused.value.data["retry_after"] == 600
        clause = refused.value.data["clause"]
        assert isinstance(clause, dict) and clause["id"] == "1.1"
        with pytest.raises(TooManyAttemptsError):
            world.write(
                lambda tx: identity.create_session(
                    tx, account.id, token_hash="t", device="", credential="hash-CY1"
                )
            )
        world.clock.advance(10 * MINUTE)
        assert world.read(lambda tx: identity.find_credential(tx, "CY1")) is not None
        world.write(lambda tx: identity.sign_in_failed(tx, "CY1"))
        assert len(staff.of(SignInLocked)) == 1

    def test_the_lock_names_the_clause_in_its_leaf(self, staff: Staff, world: World) -> None:
        staff.adopt()
        staff.person("CY1")
        for _ in range(3):
            world.write(lambda tx: identity.sign_in_failed(tx, "CY1"))
        use = world.read(lambda tx: policy.uses(tx, "identity.sign_in"))[0]
        assert use.id == "1.1/identity.sign_in"
        assert world.read(lambda tx: policy.evidence_of(tx, use)).count == 1

    def test_without_a_clause_five_failures_lock(self, staff: Staff, world: World) -> None:
        staff.adopt(SILENT)
        staff.person("CY1")
        for _ in range(4):
            world.write(lambda tx: identity.sign_in_failed(tx, "CY1"))
        assert staff.of(SignInLocked) == []
        world.write(lambda tx: identity.sign_in_failed(tx, "CY1"))
        assert len(staff.of(SignInLocked)) == 1

    def test_a_success_ends_the_row(self, staff: Staff, world: World) -> None:
        person = staff.person("CY1")
        for _ in range(4):
            world.write(lambda tx: identity.sign_in_failed(tx, "CY1"))
        staff.session(person, "t1")
        for _ in range(4):
            world.write(lambda tx: identity.sign_in_failed(tx, "CY1"))
        assert staff.of(SignInLocked) == []

    def test_an_unknown_login_is_locked_alike_and_leaves_no_fact(
        self, staff: Staff, world: World
    ) -> None:
        """[oracle]: by the lock."""
        staff.adopt()
        assert world.read(lambda tx: identity.find_credential(tx, "nobody")) is None
        count = len(world.facts())
        for _ in range(3):
            world.write(lambda tx: identity.sign_in_failed(tx, "nobody"))
        with pytest.raises(TooManyAttemptsError):
            world.read(lambda tx: identity.find_credential(tx, "nobody"))
        assert len(world.facts()) == count

    def test_a_password_changed_while_it_was_checked_signs_nobody_in(
        self, staff: Staff, world: World
    ) -> None:
        account = staff.account(staff.person("CY1")).id
        with pytest.raises(BadCredentialsError):
            world.write(
                lambda tx: identity.create_session(
                    tx, account, token_hash="t", device="", credential="older"
                )
            )
        assert staff.found("t") is None


class TestSessions:
    def test_one_is_found_by_its_token_until_it_rested_too_long(
        self, staff: Staff, world: World
    ) -> None:
        staff.adopt()
        person = staff.person("CY1")
        session = staff.session(person, "t1")
        assert staff.found("t1") == session
        assert staff.found("t2") is None
        world.clock.advance(7 * DAY - 1)
        assert staff.found("t1") is not None
        world.write(lambda tx: identity.touch_session(tx, session))
        world.clock.advance(7 * DAY - 1)
        world.later(0)
        assert staff.found("t1") is not None
        world.clock.advance(1)
        assert staff.found("t1") is None
        world.later(0)
        assert staff.of(SessionsEnded) == [
            SessionsEnded(session.account, session.person, 1, "idle")
        ]
        use = world.read(lambda tx: policy.uses(tx, "identity.sessions"))[0]
        assert world.read(lambda tx: policy.evidence_of(tx, use)).count == 1

    def test_use_is_noted_once_a_minute(self, staff: Staff, world: World) -> None:
        person = staff.person("CY1")
        session = staff.session(person, "t1")
        world.clock.advance(MINUTE - 1)
        assert not world.read(lambda tx: identity.needs_touch(tx, session))
        world.write(lambda tx: identity.touch_session(tx, session))
        assert staff.found("t1") == session
        world.clock.advance(1)
        assert world.read(lambda tx: identity.needs_touch(tx, session))
        world.write(lambda tx: identity.touch_session(tx, session))
        seen = staff.found("t1")
        assert seen is not None and seen.last_seen_at == session.last_seen_at + MINUTE

    def test_one_ends_ones_own_and_nobody_elses(self, staff: Staff, world: World) -> None:
        mine, other = staff.person("CY1"), staff.person("CY2")
        first, second = staff.session(mine, "t1"), staff.session(mine, "t2")
        staff.session(other, "t3")
        with pytest.raises(SessionNotFoundError):
            world.write(lambda tx: identity.end_session(tx, other, first.id))
        with pytest.raises(SessionNotFoundError):
            world.write(lambda tx: identity.end_session(tx, mine, SessionId("ses_x")))
        world.write(lambda tx: identity.end_session(tx, mine, first.id))
        assert world.read(lambda tx: identity.list_sessions(tx, mine)) == [second]
        staff.session(mine, "t4")
        assert world.write(lambda tx: identity.end_sessions(tx, mine)) == 2
        assert staff.found("t3") is not None
        assert [fact.count for fact in staff.of(SessionsEnded)] == [1, 2]

    def test_signing_out_is_no_fact(self, staff: Staff, world: World) -> None:
        person = staff.person("CY1")
        session = staff.session(person, "t1")
        world.write(lambda tx: identity.sign_out(tx, session))
        assert staff.found("t1") is None
        assert staff.of(SessionsEnded) == []
        world.clock.advance(31 * DAY)
        world.later(0)
        assert staff.of(SessionsEnded) == []

    def test_one_who_is_not_certified_yet_ends_them_too(self, staff: Staff, world: World) -> None:
        person = staff.person("CY1", state=AccountState.ACTIVATED)
        staff.session(person, "t1")
        assert world.write(lambda tx: identity.end_sessions(tx, person)) == 1
        assert [fact.person for fact in staff.of(SessionsEnded)] == [person.person]

    def test_a_new_password_ends_all_others(self, staff: Staff, world: World) -> None:
        person = staff.person("CY1")
        kept = staff.session(person, "t1")
        staff.session(person, "t2")
        account, credential = world.read(lambda tx: identity.own_credential(tx, person))
        world.write(
            lambda tx: identity.set_password_hash(
                tx, person, credential=credential, password_hash="new", keep=kept.id
            )
        )
        assert staff.found("t1") == kept
        assert staff.found("t2") is None
        with pytest.raises(BadCredentialsError):
            world.write(
                lambda tx: identity.set_password_hash(
                    tx, person, credential=credential, password_hash="again", keep=kept.id
                )
            )
        assert account == staff.account(person)

    def test_a_password_like_the_name_is_refused(self, staff: Staff, world: World) -> None:
        account = staff.account(staff.person("CY10086"))
        with pytest.raises(WeakPasswordError):
            world.read(lambda tx: identity.check_new_password(tx, account, "人CY10086cy10086"))


class TestCertified:
    def test_the_control_asks_only_where_a_clause_does(self, staff: Staff, world: World) -> None:
        person, other = staff.person("CY1", state=AccountState.ACTIVATED), staff.person("CY2")
        staff.adopt(SILENT)
        assert world.read(lambda tx: identity.require_certified(tx, person.person_id)) == ()
        staff.adopt()
        with pytest.raises(NotCertifiedError) as refused:
            world.read(lambda tx: identity.require_certified(tx, person.person_id))
        clause = refused.value.data["clause"]
        assert isinstance(clause, dict) and clause["id"] == "1.1"
        uses = world.read(lambda tx: identity.require_certified(tx, other.person_id))
        assert uses == ("1.1/identity.certified",)

    def test_an_unknown_account_is_not_found(self, staff: Staff, world: World) -> None:
        with pytest.raises(AccountNotFoundError):
            world.write(lambda tx: identity.certify(tx, SYSTEM, AccountId("acc_x"), proof="x"))
