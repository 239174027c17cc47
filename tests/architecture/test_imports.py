"""The layers hold (contracts in pyproject.toml), private files stay private, and every contract can fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import grimp

from tests.architecture.checks import ROOT, SOURCE, private_leaks

# What joins the modules knows their edges; nobody else does, and the demo tells its story through the verbs.
ROOTS = {"guiju.app", "guiju.cli", "guiju.runtime"}
EDGES = {"_routes", "_jobs", "_live", "_work", "_controls"}
# One violation for each contract: file, line to add, and what the report says of it.
VIOLATIONS = {
    "kernel/ids.py": ("import guiju.ledger.tree", "guiju.kernel.ids -> guiju.ledger.tree"),
    "modules/policy/types.py": (
        "import guiju.modules.groups.types",
        "guiju.modules.policy.types -> guiju.modules.groups.types",
    ),
    "modules/groups/types.py": (
        "import guiju.modules.groups.service",
        "guiju.modules.groups.types -> guiju.modules.groups.service",
    ),
    "modules/groups/_rules.py": ("import sqlalchemy", "guiju.modules.groups._rules -> sqlalchemy"),
    "modules/groups/_routes.py": (
        "import guiju.modules.groups._store",
        "guiju.modules.groups._routes -> guiju.modules.groups._store",
    ),
    "modules/messaging/review.py": ("import smtplib", "guiju.modules.messaging.review -> smtplib"),
    "guiju_verify.py": ("import guiju.kernel.ids", "guiju.guiju_verify -> guiju.kernel.ids"),
}


def lint(package_folder: Path) -> tuple[int, str]:
    """import-linter's verdict on the package in `package_folder`."""
    command = [
        sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache",
        "--config", str(ROOT / "pyproject.toml"),
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(package_folder), "COLUMNS": "200"}
    done = subprocess.run(
        command,
        cwd=package_folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_contracts_are_kept() -> None:
    code, report = lint(SOURCE.parent)
    assert code == 0, report
    assert "7 kept, 0 broken" in report


def test_every_contract_fails_on_its_violation(tmp_path: Path) -> None:
    shutil.copytree(SOURCE, tmp_path / "guiju", ignore=shutil.ignore_patterns("__pycache__", "web"))
    for name, (line, _) in VIOLATIONS.items():
        path = tmp_path / "guiju" / name
        path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    (tmp_path / "guiju" / "newcomer.py").write_text(
        '"""A root that nobody declared."""\n', encoding="utf-8"
    )
    code, report = lint(tmp_path)
    assert code != 0
    assert "newcomer" in report, "a file that is declared nowhere is caught"
    (tmp_path / "guiju" / "newcomer.py").unlink()
    code, report = lint(tmp_path)
    assert code == 1 and "0 kept, 7 broken" in report, report
    for _, told in VIOLATIONS.values():
        assert told in report, told


def test_private_files_stay_private_to_their_package() -> None:
    graph = grimp.build_graph("guiju", cache_dir=None)
    leaks = [
        f"{importer} imports {imported}"
        for imported in sorted(graph.modules)
        for importer in sorted(graph.find_modules_that_directly_import(imported))
        if private_leaks(importer, imported)
        and not (importer in ROOTS and imported.rpartition(".")[2] in EDGES)
    ]
    assert leaks == []


def test_a_module_is_a_docstring_and_its_files() -> None:
    for path in sorted((SOURCE / "modules").glob("*/__init__.py")):
        text = path.read_text(encoding="utf-8").strip()
        assert text.startswith('"""') and text.endswith('"""') and text.count('"""') == 2, path
