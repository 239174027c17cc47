"""What a process gives up before it reads what strangers wrote: files, network, programs, time, memory.

Nothing here needs a privilege. The filter is classic BPF as seccomp(2) has it; the numbers of the
calls are those of the kernel's tables (`arch/x86/entry/syscalls/syscall_64.tbl` and
`include/uapi/asm-generic/unistd.h`).
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

_LOAD, _EQUAL, _AT_LEAST, _HAS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _UNKNOWN = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38  # EPERM, ENOSYS
_X32 = 0x40000000  # the second table of x86-64

# Calls that open or change files, reach the network, begin other programs or look into other
# processes; and the number of `clone`, which may begin threads and nothing else.
_X86 = (
    2, 41, 42, 49, 53, 57, 58, 59, 62, 76, 82, 83, 84, 85, 86, 87, 88, 90, 92, 101, 133, 200, 234, 257, 258, 259, 260,
    263, 264, 265, 266, 268, 304, 310, 311, 316, 322, 425, 434, 437, 438,
)  # fmt: skip
_ARM = (
    33, 34, 35, 36, 37, 38, 45, 53, 54, 56, 117, 129, 130, 131, 198, 199, 200, 203, 221, 265, 270, 271, 276, 281, 425,
    434, 437, 438,
)  # fmt: skip
_MACHINES = {"x86_64": (0xC000003E, 56, _X86), "aarch64": (0xC00000B7, 220, _ARM)}
_CLONE3 = 435
_CLONE_THREAD = 0x00010000

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """The kernel kills this process when `parent`, the process that forked it, is gone."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def limit(*, memory: int, seconds: int) -> None:
    """At most `memory` bytes more than now, so many seconds of the processor, and no written file."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  # a line of the kernel, no path of ours
        present = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (present + memory, present + memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def close_doors() -> bool:
    """From now on opening a file, a socket or a program fails with EPERM; what is open stays open.

    False where the machine or the kernel knows no such filter: the limits hold all the same.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    program = _program(*machine)
    code = ctypes.create_string_buffer(program)
    filter_ = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
    pointer = ctypes.create_string_buffer(filter_)
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return not _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(pointer), 0, 0)


def _program(architecture: int, clone: int, refused: tuple[int, ...]) -> bytes:
    """`struct seccomp_data` is the number of the call, the architecture, the place, the arguments.

    `clone3` passes its flags in memory, where a filter cannot look: as if the kernel did not know
    it, so that the C library uses `clone`.
    """
    steps = [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _REFUSE), (_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _UNKNOWN),
    ]  # fmt: skip
    for call in refused:
        steps += [(_EQUAL, 0, 1, call), (_RETURN, 0, 0, _REFUSE)]
    steps += [
        (_EQUAL, 0, 3, clone), (_LOAD, 0, 0, 16), (_HAS, 1, 0, _CLONE_THREAD), (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip
    return b"".join(struct.pack("HBBI", *step) for step in steps)
