"""What the reader's process takes from itself for good: files (Landlock), system calls (seccomp). Neither needs rights.

    files(paths)    only these files and folders can be read, nothing can be written; no TCP, no signals to others
    calls()         no socket, no program, no process, no mount, no trace of another process: each such call fails

Each answers whether the kernel did it. The constants are those of linux/landlock.h, linux/seccomp.h and linux/bpf_common.h.
"""

import contextlib
import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_RIGHTS_OF = {1: 13, 2: 14, 3: 15, 4: 15}  # how many rights over files each version of Landlock knows
_MOST_RIGHTS, _ALL_NET, _ALL_SCOPES = 16, 0b11, 0b11
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_MAKING = 1 << 1 | _READ_FILE | _READ_DIR | 1 << 5 | 1 << 8 | 1 << 14  # write, read, remove and make plain files, cut them short
_BENEATH = 1
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _NOT_LESS, _ANSWER = 0x20, 0x15, 0x35, 0x06  # of a filter: load a word, compare, compare, answer
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # 1 = EPERM
_OTHER_ABI = 0x40000000  # x32 calls on x86_64

_MACHINES = {  # machine: (its audit number, the numbers of the calls that no reader makes)
    "x86_64": (0xC000003E, {
        "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50, "socketpair": 53,
        "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "ptrace": 101, "chroot": 161, "mount": 165, "tkill": 200,
        "keyctl": 250, "unshare": 272, "accept4": 288, "perf_event_open": 298, "name_to_handle_at": 303, "open_by_handle_at": 304,
        "sendmmsg": 307, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321, "execveat": 322,
        "userfaultfd": 323}),
    "aarch64": (0xC00000B7, {
        "chroot": 51, "mount": 40, "unshare": 97, "ptrace": 117, "kill": 129, "tkill": 130, "socket": 198, "socketpair": 199,
        "bind": 200, "listen": 201, "accept": 202, "connect": 203, "sendto": 206, "sendmsg": 211, "keyctl": 219, "clone": 220,
        "execve": 221, "perf_event_open": 241, "accept4": 242, "name_to_handle_at": 264, "open_by_handle_at": 265, "setns": 268,
        "sendmmsg": 269, "process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280, "execveat": 281, "userfaultfd": 282}),
}
_EVERYWHERE = {"pidfd_send_signal": 424, "io_uring_setup": 425, "clone3": 435, "pidfd_getfd": 438}


def files(paths: Iterable[Path | str], *, into: Path | str | None = None) -> bool:
    """This process can read these files, and what lies in these folders, and no others; it can write, make and run nothing,
    but in the folder `into`, where it may make plain files."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = (1 << _RIGHTS_OF.get(version, _MOST_RIGHTS)) - 1
    words = [rights, *([_ALL_NET] if version >= 4 else []), *([_ALL_SCOPES] if version >= 6 else [])]
    wanted = struct.pack(f"{len(words)}Q", *words)
    rules = libc.syscall(_CREATE_RULESET, wanted, ctypes.c_size_t(len(wanted)), 0)
    if rules < 0:
        return False
    try:
        for path in paths:
            with contextlib.suppress(OSError):
                _open(libc, rules, path, _READ_FILE | (_READ_DIR if Path(path).is_dir() else 0))
        if into:
            _open(libc, rules, into, rights & _MAKING)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return libc.syscall(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _open(libc, rules: int, path: Path | str, may: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        libc.syscall(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", may, place), 0)
    finally:
        os.close(place)


def calls() -> bool:
    """The calls above fail from now on with EPERM; those of another architecture end the process."""
    known = _MACHINES.get(platform.machine())
    if known is None:
        return False
    number, refused = known
    filters = _program(number, sorted({*refused.values(), *_EVERYWHERE.values()}))
    held = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *one) for one in filters))
    program = struct.pack("=H6xQ", len(filters), ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return libc.prctl(_SET_SECCOMP, _FILTER, ctypes.c_char_p(program), 0, 0) == 0


def _program(machine: int, refused: list[int]) -> list[tuple[int, int, int, int]]:
    """A filter as (code, jump if so, jump if not, word): the machine is checked, then each number, the last two words answer."""
    checks = [(_NOT_LESS, len(refused) + 1, 0, _OTHER_ABI)]
    checks += [(_EQUAL, len(refused) - at, 0, call) for at, call in enumerate(refused)]
    return [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_ANSWER, 0, 0, _KILL), (_LOAD, 0, 0, 0),
            *checks, (_ANSWER, 0, 0, _ALLOW), (_ANSWER, 0, 0, _FAIL)]
