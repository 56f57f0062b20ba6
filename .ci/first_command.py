"""Runs the README's first command as a new user does: `python .ci/first_command.py CLONE HOME`, both fresh."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.terminal import Terminal, environment  # noqa: E402

_INSTALL_SECONDS = 600


def main(clone: Path, home: Path) -> None:
    """Waits for the sign-in screen, signs in as the sponsor, looks at results, and quits."""
    command = (clone / "README.md").read_text().split("<!-- demo -->")[1].split("\n    ")[1].splitlines()[0]
    env = environment(home) | {"PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin"}
    with Terminal(["bash", "-c", command], env=env, cwd=clone) as terminal:
        terminal.expect("OR AS A TEST PERSON", seconds=_INSTALL_SECONDS)
        terminal.press("4")
        terminal.expect("New since", "DANIEL REYES", seconds=60)
        terminal.press("2")
        terminal.expect("Lipid panel", seconds=60)
        terminal.press("ctrl+q")
        if code := terminal.wait(30):
            raise SystemExit(f"the demo ended with {code}")
    print(f"the demo ran: {command}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
