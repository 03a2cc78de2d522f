"""Trace: what a program and its children asked the kernel for, as strace wrote it down. Nothing escapes it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from tests.kafka.programs import program

TALKS: Final = ("connect", "sendto", "sendmsg", "sendmmsg", "bind", "io_uring_setup")
"""By which a process reaches another one, or lets itself be reached."""
MAKES: Final = (
    *("open", "openat", "openat2", "creat", "memfd_create", "mkdir", "mkdirat", "mknod", "mknodat"),
    *("link", "linkat", "symlink", "symlinkat", "rename", "renameat", "renameat2", "truncate"),
)
"""By which a file comes to be, or gets another name or content."""
STARTS: Final = ("execve", "execveat")

_LINE: Final = re.compile(r"(\d+) +(.*)")
_CALL: Final = re.compile(r"(\w+)\((.*)")
_RESUMED: Final = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
_UNFINISHED: Final = " <unfinished ...>"
_FAMILY: Final = re.compile(r"sa_family=(AF_\w+)([^}]*)}")
_PORT: Final = re.compile(r"sin6?_port=htons\((\d+)\)")
_HOST: Final = re.compile(r'(?:inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)")')
_NAME: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WRITES: Final = re.compile(r"\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b")
_NOBODY: Final = "ENOENT"


def traced(out: Path, command: Sequence[str]) -> list[str]:
    """
    A command that is traced from its first instruction on, with all its threads and children.

    Its process is the one that is started, so that signals reach it.

    Args:
        out: where the trace is written.
        command: program and arguments.

    Raises:
        MissingError: strace is not installed.
    """
    strace = program("strace", "install it (Debian package strace)")
    calls = ",".join(f"?{call}" for call in (*TALKS, *MAKES, *STARTS))  # ?: not every processor has every one
    options = ("-D", "-f", "-q", "-x", "-s", "1024", "--seccomp-bpf", "-e", f"trace={calls}")
    return [strace, *options, "-o", str(out), *command]


@dataclass(frozen=True, slots=True)
class Peer:
    """
    Another end: an address and port, or what it is instead.

    Args:
        host: address; the name of a socket in the file system; or what strace said, when that cannot be understood.
        port: 0 where there is none.
        call: by which it was reached.
    """

    host: str
    port: int
    call: str


@dataclass(frozen=True, slots=True)
class Call:
    """
    One system call.

    Args:
        name: of it.
        text: arguments and result, as strace writes them.
    """

    name: str
    text: str


class Trace:
    """
    What strace wrote.
    """

    def __init__(self, text: str) -> None:
        self.calls = tuple(_calls(text))

    @classmethod
    def read(cls, path: Path) -> "Trace":
        """
        A trace that is complete.
        """
        return cls(path.read_text("utf-8", "replace"))

    def peers(self) -> set[Peer]:
        """
        Whom the program tried to reach, successfully or not, by whatever protocol; name servers among them.

        The kernel itself (netlink) is nobody, and neither is a socket in the file system that does not exist.
        """
        return {peer for call in self.calls if call.name in TALKS and call.name != "bind" for peer in _peers(call)}

    def doors(self) -> set[Peer]:
        """
        Where the program let itself be reached.
        """
        return {peer for call in self.calls if call.name == "bind" for peer in _peers(call)}

    def files(self, here: Path) -> set[Path]:
        """
        Every file and folder that was made, opened for writing, or given a name, deleted since or not.

        Args:
            here: the folder that the program was started in.
        """
        return {
            Path(here, name)
            for call in self.calls
            if call.name in MAKES and (not call.name.startswith("open") or _WRITES.search(call.text))
            for name in _NAME.findall(call.text) or [f"{call.name} of what cannot be read"]
        }

    def programs(self) -> tuple[str, ...]:
        """
        Every program that was started, with its arguments, the traced one first.
        """
        return tuple(call.text for call in self.calls if call.name in STARTS and not _failed(call))


def _calls(text: str) -> Iterator[Call]:
    pending: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        process, said = match.groups() if match else ("", line)
        if said.startswith(("+++ ", "--- ")):
            continue
        if said.endswith(_UNFINISHED):
            pending[process] = said.removesuffix(_UNFINISHED)
            continue
        if resumed := _RESUMED.match(said):
            said = pending.pop(process, f"{resumed[1]}(") + resumed[2]
        call = _CALL.match(said)
        yield Call(*call.groups()) if call else Call(TALKS[0], said)  # what cannot be read counts as the worst
    for said in pending.values():
        call = _CALL.match(said)
        yield Call(*call.groups()) if call else Call(TALKS[0], said)


def _peers(call: Call) -> Iterator[Peer]:
    found = _FAMILY.findall(call.text)
    if not found and call.name in {"sendto", "sendmsg", "sendmmsg"}:
        if _on_a_connection(call):
            return
    elif found:
        for family, rest in found:
            yield from _peer(call, family, rest)
        return
    yield Peer(call.text, 0, call.name)


def _on_a_connection(call: Call) -> bool:
    return "NULL, 0)" in call.text if call.name == "sendto" else "msg_name=NULL" in call.text


def _peer(call: Call, family: str, rest: str) -> Iterator[Peer]:
    if family in {"AF_NETLINK", "AF_UNSPEC"}:  # the kernel; and the end of a connection
        return
    if family == "AF_UNIX":
        if _NOBODY not in call.text:
            yield Peer("".join(_NAME.findall(rest)), 0, call.name)
        return
    port, host = _PORT.search(rest), _HOST.search(rest)
    if port and host:
        address = ip_address(next(filter(None, host.groups())))
        yield Peer(str(getattr(address, "ipv4_mapped", None) or address), int(port[1]), call.name)
    else:
        yield Peer(f"{family}{rest}", 0, call.name)


def _failed(call: Call) -> bool:
    return " = -1 " in call.text
