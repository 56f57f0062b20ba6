"""Opens an address in the person's browser, where there is one to see; never one that would take over this terminal."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping


def command(address: str, environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[str]:
    """The program and its arguments; empty where no browser can open: without a display, or over SSH.

    `BROWSER` names a program of the person's own, with `%s` for the address or without.
    """
    if chosen := environment.get("BROWSER", "").split(os.pathsep)[0]:
        words = shlex.split(chosen)
        return [w.replace("%s", address) for w in words] if "%s" in chosen else [*words, address]
    if environment.get("SSH_CONNECTION"):
        return []
    if platform == "darwin":
        return ["open", address]
    if platform == "win32":
        return ["rundll32", "url.dll,FileProtocolHandler", address]
    seen = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or environment.get("WSL_DISTRO_NAME")
    program = next((name for name in ("xdg-open", "wslview") if shutil.which(name)), "")
    return [program, address] if seen and program else []


def opened(address: str) -> bool:
    """Open it; False where nothing could be started. What the browser prints is not heard."""
    words = command(address)
    try:
        if words:
            subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
    except OSError:
        return False
    return bool(words)
