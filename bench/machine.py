"""What the figures depend on and nobody should have to guess: commit, machine, disk."""

import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

_PAGE: Final = 4096


def commit(root: Path) -> str:
    """The commit that is measured, with `+changes` when the tree differs; `none` without one."""

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, check=False
        )

    head = git("rev-parse", "--verify", "HEAD")
    if head.returncode:
        return "none"
    changes = git("status", "--porcelain").stdout.strip()
    return head.stdout.strip() + ("+changes" if changes else "")


def machine(folder: Path) -> str:
    """Processor, cores, memory, kernel, Python, and the file system of `folder`, in one line."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = (
        models[0] if models else platform.machine(),
        f"{os.cpu_count()} CPUs",
        f"{memory:.0f} GiB",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        filesystem(folder),
    )
    return ", ".join(parts)


def filesystem(folder: Path) -> str:
    """The type of the file system that holds `folder`, from the longest matching mount point."""
    best, kind = Path("/"), "unknown"
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, where, what, *_ = line.split()
        point = Path(where)
        if folder.resolve().is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, what
    return kind


def syncs_per_second(folder: Path, seconds: float) -> float:
    """How often a second a page appended to a growing file reaches the disk (`fdatasync`)."""
    page = os.urandom(_PAGE)
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        number, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            os.write(file.fileno(), page)
            os.fdatasync(file.fileno())
            number += 1
        return number / (time.perf_counter() - started)
