"""`genesis-tui` and `python -m genesis_tui`."""

import gc
import os
import sys

from genesis_tui.cli.base.streams import installed

COMPLETION = "_GENESIS_TUI_COMPLETE"
"""Set by a shell that asks for completions (click's own name for it)."""


def main() -> None:
    """Run the command line; the name alone and a bare `demo` load nothing of it (P1, P3).

    Garbage is not collected while modules load: it takes a quarter of the start and finds nothing.
    """
    gc.disable()
    with installed():
        _run()


def _run() -> None:
    if COMPLETION not in os.environ:
        if len(sys.argv) == 1:
            from genesis_tui.cli.open_app import open_app

            open_app()
            return
        if sys.argv[1:] == ["demo"]:
            from genesis_tui.cli.testing.demo_app import run_demo

            run_demo()
            return
    from genesis_tui.cli.main import cli

    cli(prog_name="genesis-tui")


if __name__ == "__main__":
    main()
