"""Starts from the command line: what the first one says, and how soon and on what the second one is ready."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import Place

ROOT = Path(__file__).parents[1]
ALONE = """
import fcntl, socket, struct, sys
from pathlib import Path
from tests.support.server import Place
with socket.socket() as any_socket:  # a new network has a loopback that is down: SIOCSIFFLAGS, IFF_UP | IFF_RUNNING
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 0x41))
    try:
        any_socket.settimeout(2)
        any_socket.connect(("192.0.2.1", 80))
        sys.exit("there is a network")
    except OSError as error:
        assert error.errno == 101, error  # network is unreachable
place = Place(Path(sys.argv[1]), None)
with place.serving():
    place.sign_in(sys.argv[2], sys.argv[3])
"""


def said(place: Place, *words: str) -> str:
    """All that a command of `guiju` says."""
    done = subprocess.run(
        [Path(sys.executable).with_name("guiju"), *words],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **place.environment, "COLUMNS": "400"},
    )
    return done.stdout + done.stderr


def test_the_first_start_says_what_losing_the_root_key_means(tmp_path: Path) -> None:
    place = Place(tmp_path, None)
    first = said(place, "init", "--empty")
    assert str(tmp_path / "keys" / "root.key") in first
    assert "Losing it loses all content for good" in first and "永远无法读出" in first
    assert "root.key" not in said(place, "init", "--empty"), "only once"


def test_no_demonstration_is_built_into_an_organisation_that_waits_to_be_set_up(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path, None)
    with place.serving():
        token = (tmp_path / "data" / "setup.token").read_text()
    done = subprocess.run(
        [Path(sys.executable).with_name("guiju"), "serve", "--demo"],
        capture_output=True, text=True, check=False, env={**os.environ, **place.environment, "COLUMNS": "400"},
    )  # fmt: skip
    assert done.returncode == 2 and "not set up yet" in done.stdout + done.stderr
    assert (tmp_path / "data" / "setup.token").read_text() == token


@pytest.mark.timeout(120)
def test_a_second_start_needs_no_network(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    assert unshare is not None, "util-linux has it"
    if os.geteuid() != 0:
        pytest.skip("LEFT OUT: a start without a network, which only root can take away")
    place = Place(tmp_path, None)
    place.guiju("init", "--demo")
    before = (tmp_path / "data" / "guiju.db").stat().st_size
    command = [
        unshare,
        "-n",
        sys.executable,
        "-c",
        ALONE,
        str(tmp_path),
        "zhouxiaoyu",
        "guiju-demo-2026",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "data" / "guiju.db").stat().st_size >= before, "the data was kept"
