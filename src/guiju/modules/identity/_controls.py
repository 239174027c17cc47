"""The controls and operations that this module offers to packs."""

from guiju.modules.identity.types import CertifiedParams, SessionsParams, SignInParams
from guiju.modules.policy.types import Control, ControlKind, Operation


def _check_sign_in(params: SignInParams) -> None:
    if not 1 <= params.max_failures <= 100:
        raise ValueError("`max_failures` is 1 to 100")
    if not 1 <= params.lock_minutes <= 1440:
        raise ValueError("`lock_minutes` is 1 to 1440")


def _check_sessions(params: SessionsParams) -> None:
    if not 1 <= params.idle_days <= 365:
        raise ValueError("`idle_days` is 1 to 365")


CONTROLS = (
    Control(
        "identity.certified",
        ControlKind.PREVENT,
        {"zh": "实名认证后方可进群", "en": "Certified before entering a group"},
        {
            "zh": "账号未经人事部门实名认证的，不能进入任何工作群，也看不到群内内容。",
            "en": "An account that HR has not certified enters no group and sees nothing of any.",
        },
        CertifiedParams,
        rows=("ACC-02",),
    ),
    Control(
        "identity.sign_in",
        ControlKind.PREVENT,
        {"zh": "登录失败锁定", "en": "Sign-in lock"},
        {
            "zh": "连续输错密码达到规定次数后，在规定时间内不能登录，并记入账本。",
            "en": "After a number of wrong passwords in a row nobody signs in to the account for a while; the lock is recorded.",
        },
        SignInParams,
        {
            "max_failures": {"zh": "连续失败次数", "en": "Failures in a row"},
            "lock_minutes": {"zh": "锁定时间（分钟）", "en": "Locked for (minutes)"},
        },
        _check_sign_in,
        rows=("ACC-08",),
    ),
    Control(
        "identity.sessions",
        ControlKind.PREVENT,
        {"zh": "登录会话管理", "en": "Sessions"},
        {
            "zh": "长期未使用的登录自动失效；本人可以随时退出全部设备；账号停用或注销时立即退出全部设备。",
            "en": "Unused sessions end; the holder can end all at once; suspending or closing an account ends them at once.",
        },
        SessionsParams,
        {"idle_days": {"zh": "未使用天数", "en": "Days unused"}},
        _check_sessions,
        rows=("ACC-08", "ACC-10"),
    ),
)

OPERATIONS = (
    Operation("identity.request", roles=frozenset({"hr"}), system=True),
    Operation("identity.manage", roles=frozenset({"it"}), system=True),
    # Whoever has the code of an account can take it over, so no line issues its own, and IT none of an administrator.
    Operation("identity.codes_of_lines", roles=frozenset({"security_admin"}), system=True),
    Operation("identity.codes_of_security", roles=frozenset({"audit_admin"}), system=True),
    Operation("identity.certify", roles=frozenset({"hr"}), system=True),
    Operation("identity.suspend", roles=frozenset({"security_admin"}), system=True),
    Operation(
        "identity.read",
        roles=frozenset({"hr", "it", "security_admin", "audit_admin"}),
        system=True,
    ),
    # What a holder does with their own account. One who is not certified yet holds no rights of their own, so the
    # system acts for them; the fact names the person either way.
    Operation("identity.own", everyone=True, system=True),
)
