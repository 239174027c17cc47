"""Pure decisions: the states of an account, which password will do, when a sign-in is locked."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from guiju.kernel.clock import DAY
from guiju.modules.identity.types import (
    Account,
    AccountAct,
    AccountState,
    BadLoginError,
    SessionsParams,
    SignInParams,
    WeakPasswordError,
    WrongStateError,
)

MINUTE = 60_000
CODE_LIFE = 7 * DAY
TOUCH_EVERY = MINUTE
MINIMUM_PASSWORD, MAXIMUM_PASSWORD = 10, 256

_S = AccountState
TRANSITIONS: dict[AccountAct, tuple[frozenset[AccountState], AccountState | None]] = {
    AccountAct.REGISTER: (frozenset({_S.REQUESTED}), _S.REGISTERED),
    AccountAct.ACTIVATE: (frozenset({_S.REGISTERED}), _S.ACTIVATED),
    AccountAct.CERTIFY: (frozenset({_S.ACTIVATED}), _S.CERTIFIED),
    AccountAct.SUSPEND: (frozenset({_S.REGISTERED, _S.ACTIVATED, _S.CERTIFIED}), _S.SUSPENDED),
    AccountAct.RESUME: (frozenset({_S.SUSPENDED}), None),  # back to where it was
    AccountAct.CLOSE: (frozenset(_S) - {_S.CLOSED}, _S.CLOSED),
}
"""Act: the states in which it is allowed, and the state that it leads to."""

ISSUERS = {
    None: ("identity.manage", "it"),
    "system_admin": ("identity.codes_of_lines", "security_admin"),
    "audit_admin": ("identity.codes_of_lines", "security_admin"),
    "security_admin": ("identity.codes_of_security", "audit_admin"),
}
"""By administrator line (None for everybody else): the operation of issuing a code, and the role that may."""
RENEWABLE = frozenset({_S.REGISTERED, _S.ACTIVATED, _S.CERTIFIED})
"""States in which another code may be handed out: the first was lost, or the password forgotten."""

# What is tried first and passes the rule on length: counting, keyboard runs, and numbers that sound like words.
_COMMON = frozenset(
    """
    0123456789 01234567890 0987654321 1111111111 11111111111 1122334455 1233211234567 12341234123
    1234512345 1234554321 1234567890 12345678900 12345678901 123456789a 123456789abc 1234567890a
    1234567890q 123456789q 123456789qwe 1234567891 12345678910 123456abcd 123456qwerty 123qweasdzxc
    123qwe123qwe 1314520520 1314521521 1357924680 147258369147 1472583690 147258369a 1qaz2wsx3edc
    1qaz2wsx3edc4rfv 1qazxsw23edc 5201314520 520520520520 5205201314 741852963741 7894561230
    9876543210 98765432100 a123456789 a1234567890 aa12345678 aa123456789 aaaaaaaaaa abc123456789
    abc1234567890 abcd123456 abcd12345678 abcdefghij admin12345 admin123456 administrator asdf123456
    asdfghjkl123 asdfghjkl; changeme123 iloveyou123 iloveyou1314 letmein123 p@ssw0rd123 p@ssword123
    passw0rd123 password01 password1! password12 password123 password1234 password12345 q123456789
    q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc123 qazwsxedcrfv qq123456789 qq12345678 qwe123456789 qwer123456
    qwert12345 qwerty1234 qwerty12345 qwerty123456 qwertyuiop qwertyuiop123 w123456789 welcome123
    welcome1234 woaini1314 woaini1314520 woaini123456 woaini520 woaini5201314 wang123456 zhang123456
    z123456789 zxcvbnm123 zxcvbnm1234 zxcvbnm123456
    """.split()  # noqa: SIM905  # a list of 130 quoted words is harder to read
)

_LOGIN = re.compile(r"[\w.@+\-]{1,64}")


def login_key(login: str) -> str:
    """What two spellings of one login have in common: width and case do not tell accounts apart."""
    return unicodedata.normalize("NFKC", login.strip()).casefold()


def check_login(login: str) -> str:
    """`login` without surrounding space. Raises BadLoginError."""
    login = unicodedata.normalize("NFKC", login.strip())
    if not _LOGIN.fullmatch(login) or len(login_key(login)) > 64:
        raise BadLoginError("A login is 1 to 64 letters, digits or . _ @ + - characters.")
    return login


def next_state(account: Account, act: AccountAct) -> AccountState:
    """The state that `act` leads to. Raises WrongStateError."""
    allowed, state = TRANSITIONS[act]
    if account.state not in allowed:
        raise WrongStateError(
            f"The account is {account.state}.", state=account.state.value, act=act.value
        )
    if state is None:
        assert account.resumes_to is not None, "a suspended account remembers its state"
        return account.resumes_to
    return state


def check_password(password: str, *, known: Collection[str]) -> None:
    """Refuse what is guessed first. `known` is what others know of the holder: login, name, staff number.

    Raises WeakPasswordError with a reason.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    if len(folded) < MINIMUM_PASSWORD:
        raise WeakPasswordError("A password has at least 10 characters.", reason="too_short")
    if len(password) > MAXIMUM_PASSWORD:
        raise WeakPasswordError("A password has at most 256 characters.", reason="too_long")
    if folded in _COMMON:
        raise WeakPasswordError(
            "This password is among the first that are tried.", reason="too_common"
        )
    if len(set(folded)) < 4:
        raise WeakPasswordError(
            "A password needs at least four different characters.", reason="too_simple"
        )
    rest = folded
    for word in known:
        rest = rest.replace(login_key(word), "") if word.strip() else rest
    if len(rest) < 6:
        raise WeakPasswordError(
            "The password is made of the account or the name.", reason="like_account"
        )


def strictest_sign_in(uses: Sequence[SignInParams]) -> SignInParams:
    """What holds when several clauses use the control; the default when none does."""
    if not uses:
        return SignInParams()
    return SignInParams(min(u.max_failures for u in uses), max(u.lock_minutes for u in uses))


def idle_limit(uses: Sequence[SessionsParams]) -> int:
    """How long a session lasts unused, in ms: the shortest of the uses, 30 days when there is none."""
    return min((use.idle_days for use in uses), default=SessionsParams().idle_days) * DAY


def count_failure(failures: int, last_at: int, now: int, limit: SignInParams) -> int:
    """The failures in a row with one more now. A row ends when it rested for as long as a lock lasts."""
    return 1 if now - last_at >= limit.lock_minutes * MINUTE else failures + 1


_BROWSERS = (
    ("wxwork", "WeCom"),
    ("micromessenger", "WeChat"),
    ("edg/", "Edge"),
    ("firefox/", "Firefox"),
    ("fxios/", "Firefox"),
    ("opr/", "Opera"),
    ("chrome/", "Chrome"),
    ("crios/", "Chrome"),
    ("safari/", "Safari"),
)
_SYSTEMS = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("harmony", "HarmonyOS"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """A few words for a User-Agent header, for the list of one's own sessions; never used to decide anything."""
    folded = user_agent[:1000].lower()
    browser = next((name for mark, name in _BROWSERS if mark in folded), "")
    system = next((name for mark, name in _SYSTEMS if mark in folded), "")
    return " · ".join(part for part in (browser, system) if part)


def cookie_name(*, is_https: bool) -> str:
    """The name of the session's cookie. Browsers take `__Host-` only over https, for this host alone."""
    return "__Host-guiju" if is_https else "guiju"
