"""Values are read into types from several threads at once, from the first time on."""

import subprocess
import sys
from dataclasses import dataclass

import msgspec
import pytest

from guiju.kernel.shapes import convert, decode, learn

# Types that nobody has read into, and threads that do so at the same moment: a process in which msgspec meets them
# only then is killed by it within a few of these rounds.
_AT_ONCE = """
import sys, threading
from dataclasses import make_dataclass
from guiju.kernel.shapes import convert, learn

sys.setswitchinterval(1e-6)
together = threading.Barrier(4)
value = {f"f{i}": {"a": 1, "b": "x"} for i in range(6)}
seen = []

def read(shape):
    together.wait()
    seen.extend(convert(value, shape) for _ in range(30))

for _ in range(40):
    inner = [make_dataclass(f"I{i}", [("a", int), ("b", str)], frozen=True, slots=True) for i in range(6)]
    shape = learn(make_dataclass("C", [(f"f{i}", one) for i, one in enumerate(inner)], frozen=True, slots=True))
    threads = [threading.Thread(target=read, args=(shape,)) for _ in range(4)]
    [one.start() for one in threads]
    [one.join() for one in threads]
print(len(seen))
"""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody learnt it."""

    number: int


@learn
@dataclass(frozen=True, slots=True)
class Known:
    """A type that was learnt."""

    number: int


def test_threads_read_into_a_new_type_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AT_ONCE], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, str(40 * 4 * 30)), done.stderr


def test_what_was_learnt_is_read() -> None:
    assert convert({"number": 1}, Known) == decode('{"number": 1}', Known) == Known(1)
    with pytest.raises(msgspec.ValidationError):
        convert({"number": "1"}, Known)
    with pytest.raises(msgspec.DecodeError):
        decode("{", Known)


def test_what_was_not_is_not() -> None:
    with pytest.raises(KeyError):
        convert({"number": 1}, Unknown)
    with pytest.raises(KeyError):
        decode('{"number": 1}', Unknown)
