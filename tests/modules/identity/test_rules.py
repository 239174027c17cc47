"""The pure decisions of identity: states, passwords, locks, and the names of devices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.kernel.clock import DAY
from guiju.kernel.ids import PersonId
from guiju.modules.identity import _rules
from guiju.modules.identity.types import (
    Account,
    AccountAct,
    AccountId,
    AccountState,
    BadLoginError,
    SessionsParams,
    SignInParams,
    WeakPasswordError,
    WrongStateError,
)

S, A = AccountState, AccountAct
ALLOWED: dict[tuple[AccountState, AccountAct], AccountState] = {
    (S.REQUESTED, A.REGISTER): S.REGISTERED,
    (S.REGISTERED, A.ACTIVATE): S.ACTIVATED,
    (S.ACTIVATED, A.CERTIFY): S.CERTIFIED,
    (S.REGISTERED, A.SUSPEND): S.SUSPENDED,
    (S.ACTIVATED, A.SUSPEND): S.SUSPENDED,
    (S.CERTIFIED, A.SUSPEND): S.SUSPENDED,
    (S.SUSPENDED, A.RESUME): S.ACTIVATED,
    **{(state, A.CLOSE): S.CLOSED for state in S if state is not S.CLOSED},
}


class TestStates:
    @pytest.mark.parametrize("state", list(S))
    @pytest.mark.parametrize("act", list(A))
    def test_every_act_in_every_state(self, state: AccountState, act: AccountAct) -> None:
        before = S.ACTIVATED if state is S.SUSPENDED else None
        account = Account(AccountId("acc_1"), PersonId("per_1"), "a1", state, 0, before)
        if (state, act) in ALLOWED:
            assert _rules.next_state(account, act) is ALLOWED[state, act]
        else:
            with pytest.raises(WrongStateError) as refused:
                _rules.next_state(account, act)
            assert refused.value.data == {"state": state.value, "act": act.value}


class TestPasswords:
    KNOWN = ("cy10086", "王小明", "CY10086")

    @pytest.mark.parametrize(
        ("password", "reason"),
        [
            ("Zq7#mLp2x", "too_short"),
            ("x1y2" * 65, "too_long"),
            ("1234567890", "too_common"),
            ("QWERTYUIOP", "too_common"),
            ("１２３４５６７８９０", "too_common"),
            ("abababababab", "too_simple"),
            ("CY10086cy10086", "like_account"),
            ("王小明cy10086123", "like_account"),
        ],
    )
    def test_weak_ones_are_refused_with_the_reason(self, password: str, reason: str) -> None:
        with pytest.raises(WeakPasswordError) as refused:
            _rules.check_password(password, known=self.KNOWN)
        assert refused.value.data == {"reason": reason}

    @pytest.mark.parametrize(
        "password", ["correct horse", "澄远装备一二三四五六", "Zq7#mLp2xY", "x1y2" * 64]
    )
    def test_others_pass(self, password: str) -> None:
        _rules.check_password(password, known=self.KNOWN)

    def test_a_person_without_a_number_does_not_make_all_passwords_weak(self) -> None:
        _rules.check_password("Zq7#mLp2xY", known=("", " "))


class TestLogins:
    def test_width_and_case_do_not_tell_accounts_apart(self) -> None:
        assert _rules.login_key(" ＣＹ１００８６ ") == _rules.login_key("cy10086")

    @pytest.mark.parametrize(
        "login", ["", " ", "a b", "a/b", "a\nb", "x" * 65, "<script>", "ﷺ" * 10]
    )
    def test_bad_ones_are_refused(self, login: str) -> None:
        with pytest.raises(BadLoginError):
            _rules.check_login(login)

    @given(st.text(max_size=80))
    def test_what_passes_fits_the_table(self, login: str) -> None:
        try:
            checked = _rules.check_login(login)
        except BadLoginError:
            return
        assert 1 <= len(checked) <= 64
        assert 1 <= len(_rules.login_key(checked)) <= 64
        assert _rules.login_key(checked) == _rules.login_key(login)


class TestLimits:
    def test_the_strictest_use_holds(self) -> None:
        uses = [SignInParams(5, 15), SignInParams(3, 10)]
        assert _rules.strictest_sign_in(uses) == SignInParams(3, 15)
        assert _rules.strictest_sign_in([]) == SignInParams(5, 15)
        assert _rules.idle_limit([SessionsParams(30), SessionsParams(7)]) == 7 * DAY
        assert _rules.idle_limit([]) == 30 * DAY

    def test_a_row_of_failures_ends_with_rest(self) -> None:
        limit = SignInParams(5, 15)
        assert _rules.count_failure(3, 1_000, 1_000 + 15 * 60_000 - 1, limit) == 4
        assert _rules.count_failure(3, 1_000, 1_000 + 15 * 60_000, limit) == 1


class TestDeviceNames:
    @pytest.mark.parametrize(
        ("agent", "name"),
        [
            (
                (
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0"
                ),
                "Edge · Windows",
            ),
            (
                (
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
                ),
                "Safari · iPhone",
            ),
            ("curl/8.0", ""),
            ("", ""),
        ],
    )
    def test_in_a_few_words(self, agent: str, name: str) -> None:
        assert _rules.device_name(agent) == name
