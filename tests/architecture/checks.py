"""The rules of the house as functions over source text, so that each can be shown a bad sample."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "guiju"

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MOST_PARAMETERS = 6
BANNED_NAMES = frozenset(
    {
        "util",
        "utils",
        "helper",
        "helpers",
        "manager",
        "managers",
        "common",
        "misc",
        "handler",
        "handlers",
        "base",
        "shared",
    }
)
WALL_CLOCK = frozenset(
    {"time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now",
     "datetime.date.today"}
)  # fmt: skip
CHANCE = frozenset({"uuid", "random"})
_IGNORE = re.compile(
    r"#\s*(type:\s*ignore|noqa)(?P<code>\[[\w-]+(?:,\s*[\w-]+)*\]|:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?(?P<reason>\s+#\s*\S.*)?"
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(folder: Path = SOURCE) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def too_long(text: str) -> bool:
    """Whether a file has more lines than one reads in one go."""
    return len(text.splitlines()) > LONGEST_FILE


def functions(text: str) -> Iterator[Function]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def long_functions(text: str) -> list[str]:
    return [
        f.name
        for f in functions(text)
        if (f.end_lineno or f.lineno) - f.lineno + 1 > LONGEST_FUNCTION
    ]


def greedy_functions(text: str) -> list[str]:
    """Functions with too many parameters that may be given by position; `self` and `cls` do not count."""
    found = []
    for function in functions(text):
        names = [parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)]
        if len(
            [name for name in names if name not in ("self", "cls")]
        ) > MOST_PARAMETERS and not _is_route(function):
            found.append(function.name)
    return found


def _is_route(function: Function) -> bool:
    """FastAPI calls routes with keywords: their parameters are the query, not an interface of ours."""
    return any(
        ast.unparse(decorator).startswith("routes.") for decorator in function.decorator_list
    )


def banned_names(text: str, stem: str) -> list[str]:
    """Names that say nothing: of the file, and of its classes and functions, each word by itself."""
    names = [
        stem,
        *(
            node.name
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ClassDef | Function)
        ),
    ]
    return [name for name in names if set(_words(name)) & BANNED_NAMES]


def _words(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")


def broad_excepts(text: str) -> list[int]:
    """Lines with `except:`, `except Exception` or `except BaseException` that does not raise again."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            caught = (
                {"BaseException"}
                if node.type is None
                else {ast.unparse(part) for part in _parts(node.type)}
            )
            raises = any(
                isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node)
            )
            if caught & {"Exception", "BaseException"} and not raises:
                found.append(node.lineno)
    return found


def _parts(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def bare_ignores(text: str) -> list[int]:
    """Lines whose `type: ignore` or `noqa` has no code, or no reason after it."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for match in _IGNORE.finditer(line):
            if not match["code"] or not match["reason"]:
                found.append(number)  # noqa: PERF401  # two conditions read better apart
    return found


def clock_calls(text: str) -> list[str]:
    """What reads the wall clock or chance by itself."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in WALL_CLOCK:
            found.append(ast.unparse(node.func))
        elif isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names if alias.name in CHANCE)
        elif isinstance(node, ast.ImportFrom) and node.module in (CHANCE | {"time"}):
            wanted = (
                {"time", "time_ns"}
                if node.module == "time"
                else {alias.name for alias in node.names}
            )
            found.extend(
                f"{node.module}.{alias.name}" for alias in node.names if alias.name in wanted
            )
    return found


def first_uses(text: str) -> list[int]:
    """The lines where msgspec may meet a type for the first time, beside other threads."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return [
        call.lineno
        for call in calls
        if ast.unparse(call.func) == "msgspec.convert"
        or (
            ast.unparse(call.func).endswith(".decode")
            and any(k.arg == "type" for k in call.keywords)
        )
    ]


def authority_makers(text: str) -> list[int]:
    """Lines that construct a Permit or a Scope of guiju.kernel.permit, under whatever name it was imported."""
    tree = ast.parse(text)
    makers = {"permit.Permit", "permit.Scope"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "guiju.kernel.permit":
            makers |= {alias.asname or alias.name for alias in node.names}
    return [
        n.lineno
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and ast.unparse(n.func) in makers
    ]


def imports_in_functions(text: str) -> list[int]:
    """Lines with an import inside a function and no exemption for it."""
    lines = text.splitlines()
    return [
        inner.lineno
        for function in functions(text)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
        and "noqa: PLC0415" not in lines[inner.lineno - 1]
    ]


def private_leaks(importer: str, imported: str) -> bool:
    """Whether `importer` reaches into a private file of another package."""
    package, _, name = imported.rpartition(".")
    return (
        name.startswith("_")
        and not name.startswith("__")
        and importer.rpartition(".")[0] != package
    )
