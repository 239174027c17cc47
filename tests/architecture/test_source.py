"""The source keeps the rules of the house, and each rule catches its bad sample."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import checks
from tests.architecture.checks import SOURCE, python_files

FILES = python_files()
NAMES = [str(path.relative_to(SOURCE)) for path in FILES]
TESTS = python_files(checks.ROOT / "tests")

# The verifier is one file on purpose: an auditor takes it along and reads it from top to bottom.
ONE_FILE = {"guiju_verify.py"}
MAY_CATCH_ALL = {"kernel/gate.py", "kernel/lane.py", "app.py"}
MAY_READ_CLOCK = {"kernel/clock.py", "kernel/ids.py"}
MAY_MAKE_AUTHORITY = {"modules/policy/service.py"}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def offenders(check: Callable[[str], object], *allowed: str) -> dict[str, object]:
    found = {
        name: check(read(path))
        for name, path in zip(NAMES, FILES, strict=True)
        if name not in allowed
    }
    return {name: what for name, what in found.items() if what}


def test_there_is_source_to_check() -> None:
    assert len(FILES) > 80 and len(TESTS) > 30


def test_no_file_is_too_long() -> None:
    assert offenders(checks.too_long, *ONE_FILE) == {}


def test_no_function_is_too_long() -> None:
    generated = [name for name in NAMES if name.startswith("migrations/versions/")]
    assert offenders(checks.long_functions, *generated) == {}


def test_no_function_takes_too_many_by_position() -> None:
    assert offenders(checks.greedy_functions) == {}


def test_names_say_something() -> None:
    found = {
        name: checks.banned_names(read(path), path.stem)
        for name, path in zip(NAMES, FILES, strict=True)
    }
    assert {name: names for name, names in found.items() if names} == {}


def test_only_the_outermost_edges_catch_everything() -> None:
    assert offenders(checks.broad_excepts, *MAY_CATCH_ALL) == {}


def test_every_exemption_has_a_code_and_a_reason() -> None:
    assert offenders(checks.bare_ignores) == {}


def test_time_and_chance_come_from_outside() -> None:
    assert offenders(checks.clock_calls, *MAY_READ_CLOCK) == {}


def test_only_policy_makes_authority() -> None:
    assert offenders(checks.authority_makers, *MAY_MAKE_AUTHORITY) == {}
    assert checks.authority_makers(read(SOURCE / "modules/policy/service.py")), "and it does"


def test_imports_stand_at_the_top() -> None:
    assert offenders(checks.imports_in_functions) == {}


# ---- each rule and its bad sample -------------------------------------------------------------------------------

SEVEN = "a, b, c, d, e, f, g"


def test_types_are_learnt_before_there_are_threads() -> None:
    assert offenders(checks.first_uses, "kernel/shapes.py") == {}


BAD: list[tuple[Callable[[str], object], str]] = [
    (checks.too_long, "x = 1\n" * 401),
    (checks.first_uses, "def f(x): return msgspec.convert(x, Body)"),
    (checks.first_uses, "def f(x): return msgspec.json.decode(x, type=Body)"),
    (checks.long_functions, "def f():\n" + "    x = 1\n" * 60),
    (checks.long_functions, "class A:\n    async def f(self):\n" + "        x = 1\n" * 60),
    (checks.greedy_functions, f"def f({SEVEN}): ..."),
    (checks.greedy_functions, f"class A:\n    def f(self, {SEVEN}): ..."),
    (checks.greedy_functions, f"@functools.cache\ndef f({SEVEN}): ..."),
    (checks.broad_excepts, "try:\n    x()\nexcept Exception:\n    pass"),
    (checks.broad_excepts, "try:\n    x()\nexcept (KeyError, Exception) as e:\n    log(e)"),
    (checks.broad_excepts, "try:\n    x()\nexcept:\n    pass"),
    (checks.broad_excepts, "try:\n    x()\nexcept BaseException as e:\n    raise Other from e"),
    (checks.bare_ignores, "x = 1  # type: ignore"),
    (checks.bare_ignores, "x = 1  # type: ignore[arg-type]"),
    (checks.bare_ignores, "x = 1  # noqa"),
    (checks.bare_ignores, "x = 1  # noqa: E501"),
    (checks.bare_ignores, "x = 1  # type: ignore  # because"),
    (checks.clock_calls, "import time\ntime.time()"),
    (checks.clock_calls, "from datetime import datetime\ndatetime.now(UTC)"),
    (checks.clock_calls, "import datetime\ndatetime.datetime.now()"),
    (checks.clock_calls, "from datetime import date\ndate.today()"),
    (checks.clock_calls, "from time import time"),
    (checks.clock_calls, "import uuid"),
    (checks.clock_calls, "from random import choice"),
    (checks.authority_makers, "from guiju.kernel.permit import Permit\nPermit(actor, 'x', None)"),
    (checks.authority_makers, "from guiju.kernel.permit import Scope as S\nS(everything=True)"),
    (checks.authority_makers, "from guiju.kernel import permit\npermit.Scope(everything=True)"),
    (checks.imports_in_functions, "def f():\n    import os"),
]
GOOD: list[tuple[Callable[[str], object], str]] = [
    (checks.too_long, "x = 1\n" * 400),
    (checks.first_uses, "def f(x): return msgspec.json.decode(x), decode(x, Body)"),
    (checks.long_functions, "def f():\n" + "    x = 1\n" * 59),
    (checks.greedy_functions, "class A:\n    def f(self, a, b, c, d, e, f, *, g, h): ..."),
    (checks.greedy_functions, f"@routes.get('/x')\nasync def f({SEVEN}): ..."),
    (checks.broad_excepts, "try:\n    x()\nexcept BaseException:\n    undo()\n    raise"),
    (checks.broad_excepts, "try:\n    x()\nexcept (KeyError, OSError):\n    pass"),
    (checks.bare_ignores, "x = 1  # type: ignore[arg-type]  # the stub is wrong"),
    (checks.bare_ignores, "x = 1  # noqa: E741  # the name in the format"),
    (checks.clock_calls, "import time\ntime.perf_counter()\ntime.sleep(1)"),
    (checks.clock_calls, "from datetime import datetime\ndatetime.fromtimestamp(1)"),
    (
        checks.authority_makers,
        "from guiju.kernel.permit import Permit\ndef f(permit: Permit) -> None: permit.under('x')",
    ),
    (checks.authority_makers, "from guiju.ledger.package import Scope\nScope(('g',))"),
    (checks.imports_in_functions, "def f():\n    import os  # noqa: PLC0415  # slow to import"),
    (checks.imports_in_functions, "import os\ndef f(): ..."),
]


@pytest.mark.parametrize(("check", "sample"), BAD)
def test_a_bad_sample_is_caught(check: Callable[[str], object], sample: str) -> None:
    assert check(sample)


@pytest.mark.parametrize(("check", "sample"), GOOD)
def test_a_good_sample_passes(check: Callable[[str], object], sample: str) -> None:
    assert not check(sample)


@pytest.mark.parametrize(
    "sample", ["class GroupManager: ...", "def string_utils(): ...", "async def helper(): ..."]
)
def test_a_name_that_says_nothing_is_caught(sample: str) -> None:
    assert checks.banned_names(sample, "x") and not checks.banned_names(
        "class Groups: ...", "service"
    )
    assert checks.banned_names("", "utils") and checks.banned_names("", "_db_helpers")


def test_a_leak_is_caught() -> None:
    assert checks.private_leaks("guiju.modules.groups.service", "guiju.modules.policy._store")
    assert checks.private_leaks("guiju.app", "guiju.modules.policy._store")
    assert not checks.private_leaks("guiju.modules.policy.service", "guiju.modules.policy._store")
    assert not checks.private_leaks("guiju.app", "guiju.modules.policy.service")
