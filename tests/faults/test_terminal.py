"""What strangers name reaches the terminal of whoever runs this: [ansi], it is shown there and never obeyed."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from guiju import cli, cli_inspect, guiju_verify
from guiju.kernel.terminal import visible
from tests.support.packages import ANCHORED, period_package, unpacked
from tests.support.packages import packed as packed_files

ATTACKS = (
    "\x1b]0;title\x07", "\x1b[2J", "\x9b31m", "\x90q\x9c", "\x08\x08", "\x7f", "\r-> ok", "\u202egpj.exe", "\u2066x", "\u2028y",
)  # fmt: skip


def obeyed(shown: str) -> list[str]:
    """The characters of a text that a terminal takes for a command."""
    return [
        each
        for each in shown
        if each not in "\n\t"
        and (unicodedata.category(each) in ("Cc", "Zl", "Zp") or "\u202a" <= each <= "\u2069")
    ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_ansi_every_attack_is_shown_and_json_stays_the_same(attack: str) -> None:
    assert obeyed(attack), "the check can fail"
    assert obeyed(visible(f"工作群{attack}名称\t\n")) == []
    assert visible("工作群 😀\t\n") == "工作群 😀\t\n"
    line = json.dumps({"name": attack}, ensure_ascii=False)
    assert json.loads(visible(line)) == {"name": attack}


@pytest.mark.parametrize("attack", ATTACKS)
def test_ansi_a_log_holds_no_command(attack: str) -> None:
    code = (
        "import logging, sys; from guiju import cli; cli._configure_logging();"
        "logging.getLogger('guiju').warning('group %s', sys.argv[1]);"
        "logging.getLogger(sys.argv[1]).error('x', exc_info=ValueError(sys.argv[1]))"
    )
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-c", code, attack], capture_output=True, encoding="utf-8", check=True
    )
    assert obeyed(done.stderr.replace("\n", "")) == [], done.stderr
    first, *_ = (json.loads(line) for line in done.stderr.splitlines())
    assert first["event"] == f"group {attack}"


@pytest.mark.parametrize("attack", ATTACKS)
def test_ansi_a_refusal_and_a_report_hold_none(
    attack: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli._fail(f"There is no file [bold]{attack}.")
    assert cli_inspect.inspect_files([tmp_path / f"{attack}.docx"], []) == cli_inspect.NOT_OPENED
    out, err = capsys.readouterr()
    assert obeyed(out) == []
    assert "[bold]" in err and attack not in err
    assert json.loads(out)["file"] == f"{attack}.docx"


@pytest.mark.parametrize("attack", ATTACKS)
def test_ansi_the_stand_alone_verifier_shows_what_a_package_names(
    attack: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = unpacked(period_package())
    manifest = json.loads(files["manifest.json"])
    manifest["files"].append({"length": 1, "path": attack, "sha256": "00"})
    files["manifest.json"] = json.dumps(
        manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    hostile, policy = tmp_path / "a.gjx", tmp_path / "policy.json"
    hostile.write_bytes(packed_files(files.items()))
    policy.write_bytes(ANCHORED)
    assert guiju_verify.main([str(hostile), "--policy", str(policy)]) != guiju_verify.VERIFIED
    shown = capsys.readouterr().out
    assert obeyed(shown) == [] and visible(attack) in shown
