"""What a program must leave behind when it ends (R3): a whole terminal, no process, no record value."""

import re
import time
from pathlib import Path

from bench.terminal import Terminal

_SWITCHES = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_MUST_BE_OFF = {
    "1049": "the alternate screen",
    "1000": "mouse clicks",
    "1002": "mouse drags",
    "1003": "mouse motion",
    "1006": "mouse coordinates",
    "2004": "bracketed paste",
    "1004": "focus reports",
    "2026": "synchronised output",
}
_MUST_BE_ON = {"25": "the cursor", "7": "line wrapping"}


def left_wrong(terminal: Terminal) -> list[str]:
    """What the program switched and did not switch back, and flags of the line that are not as before."""
    state = {mode: switch for modes, switch in _SWITCHES.findall(bytes(terminal.output)) for mode in modes.split(b";")}
    wrong = [f"{what} is still on" for mode, what in _MUST_BE_OFF.items() if state.get(mode.encode()) == b"h"]
    wrong += [f"{what} is off" for mode, what in _MUST_BE_ON.items() if state.get(mode.encode()) == b"l"]
    if terminal.modes() != terminal.cooked[:4]:
        wrong.append("the line is not as it was: echo, signals or line editing")
    return wrong


def printed_after(terminal: Terminal) -> str:
    """What the program wrote once it had left the alternate screen; all of it where it never entered one."""
    return bytes(terminal.output).rpartition(b"\x1b[?1049l")[2].decode(errors="replace")


def survivors(home: Path, seconds: float = 3.0) -> list[str]:
    """The command lines of processes started with `home` that still live after `seconds`."""
    end = time.monotonic() + seconds
    while (left := _with_home(home)) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def _with_home(home: Path) -> list[str]:
    mark = f"HOME={home}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found
