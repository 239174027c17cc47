"""What a sandbox answers when the module in it works, fails, hangs, grows and tries to get out."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from guiju.kernel.sandbox import Answer, End, Limits, Sandbox, Sandboxes, joined, split_frames

ROOT = Path(__file__).parents[2]
LIMITS = Limits(memory=1 << 28, cpu=2, wall=2.0, answer=8 << 20)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        with Sandbox("tests.support.sandbox_probe", LIMITS) as found:
            found.warm()
            yield found
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def test_an_answer_comes_in_frames(sandbox: Sandbox) -> None:
    assert sandbox.ask(b"second") == Answer((b"first", b"second"), End.DONE)
    large = bytes(range(256)) * 20_000
    assert sandbox.ask(large).frames[1] == large


@pytest.mark.parametrize(
    ("request_", "end"),
    [
        (b"sleep", End.TIME),
        (b"spin", End.TIME),
        (b"memory", End.MEMORY),
        (b"abort", End.CRASHED),
        (b"raise", End.CRASHED),
        (b"talk", End.ANSWER),
    ],
)
def test_what_came_before_the_end_is_kept_and_the_next_request_is_answered(
    sandbox: Sandbox, request_: bytes, end: End
) -> None:
    answer = sandbox.ask(request_)
    assert answer.end is end
    assert answer.frames[0] == b"first"
    assert sandbox.ask(b"next") == Answer((b"first", b"next"), End.DONE)


def test_the_doors_are_closed(sandbox: Sandbox) -> None:
    answer = sandbox.ask(b"doors")
    assert answer.end is End.DONE
    assert answer.frames[1:] == (b"PermissionError",) * 6
    assert not Path("/tmp/guiju-sandbox-probe").exists()


def test_a_fork_cannot_answer_in_the_place_of_the_process(sandbox: Sandbox) -> None:
    answer = sandbox.ask(b"forge")
    assert answer.frames[0] == b"first"
    assert b"clean" not in answer.frames
    assert sandbox.ask(b"next") == Answer((b"first", b"next"), End.DONE)


def test_an_answer_without_the_seal_of_its_request_ends_the_process() -> None:
    program = (
        "import sys\n"
        "from guiju.kernel.sandbox import join_frame\n"
        "clean = join_frame(bytes(16) + b'done\\n' + join_frame(b'clean'))\n"
        "sys.stdout.buffer.write(join_frame(b'') + clean * 3)\n"
        "sys.stdout.flush()\n"
        "sys.stdin.read()\n"
    )
    with Sandbox("tests.support.sandbox_probe", LIMITS) as forging:
        forging._command = [sys.executable, "-c", program]
        assert forging.ask(b"a") == Answer((), End.CRASHED)
        assert forging._process is None


def test_the_log_says_where_and_not_what(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    with Sandbox("tests.support.sandbox_probe", LIMITS) as own:
        own.ask(b"raise")
    told = capfd.readouterr().err
    assert "sandbox.crashed" in told and "sandbox_probe.py" in told
    assert "the words of a file" not in told


def test_a_killed_process_is_replaced(sandbox: Sandbox) -> None:
    process = sandbox._process
    assert process is not None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert sandbox.ask(b"again").end is End.DONE


def test_it_dies_with_its_owner() -> None:
    program = (
        "import sys, time\n"
        "from guiju.kernel.sandbox import Limits, Sandbox\n"
        "s = Sandbox('tests.support.sandbox_probe', Limits())\n"
        "s.warm()\n"
        "print(s._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 10
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_alive(pid)


def test_one_whose_owner_ends_before_it_is_ready_has_nothing_to_say(sandbox: Sandbox) -> None:
    orphan = subprocess.Popen(
        sandbox._command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ,
    )
    assert orphan.stdin is not None and orphan.stdout is not None and orphan.stderr is not None
    orphan.stdin.close()
    orphan.stdout.close()
    with orphan.stderr as said:
        assert said.read() == b""
    assert orphan.wait(10) == 0


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_module_that_does_not_load_is_a_crash_and_not_an_error_of_the_caller() -> None:
    with Sandbox("tests.support.no_such_module", LIMITS) as broken:
        assert broken.ask(b"x") == Answer((), End.CRASHED)


def test_several_sandboxes_answer_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    both = Sandboxes("tests.support.sandbox_probe", LIMITS, 2)
    try:
        both.warm()
        begin = time.monotonic()
        with ThreadPoolExecutor(3) as pool:
            slow = [pool.submit(both.ask, b"sleep") for _ in range(2)]
            assert [each.result().end for each in slow] == [End.TIME, End.TIME]
        assert time.monotonic() - begin < 2 * LIMITS.wall
        assert both.ask(b"next").end is End.DONE
    finally:
        both.close()


def test_frames_join_and_split() -> None:
    frames = [b"", b"a", bytes(1000)]
    assert list(split_frames(joined(frames))) == frames
    assert list(split_frames(joined(frames)[:-1])) == frames[:-1]
