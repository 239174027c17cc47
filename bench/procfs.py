"""CPU time and memory of process trees, read from Linux's /proc (proc(5))."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PRIVATE: Final = ("Private_Clean:", "Private_Dirty:", "Private_Hugetlb:")


def tree(roots: Iterable[int]) -> set[int]:
    """The processes `roots` and all that descend from them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            fields = _stat(int(entry.name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    todo = list(roots)
    while todo:
        process = todo.pop()
        if process not in found:
            found.add(process)
            todo += children.get(process, [])
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time that the trees have used, with that of children already waited for."""
    total = 0
    for process in tree(roots):
        fields = _stat(process)
        total += sum(int(ticks) for ticks in fields[11:15])
    return total / _TICKS


def private_bytes(roots: Iterable[int]) -> int:
    """Memory that only these processes hold (USS), in bytes; what the kernel holds is not in it."""
    total = 0
    for process in tree(roots):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
            name, *rest = line.split()
            if name in _PRIVATE:
                total += int(rest[0]) * 1024
    return total


def _stat(process: int) -> list[str]:
    # A process may end between the listing and the read; it then counts as nothing.
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
