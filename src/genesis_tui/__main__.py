"""`genesis-tui` and `python -m genesis_tui`."""

import gc


def main() -> None:
    """Run the command line; without a command that opens the app.

    Garbage is not collected while modules load: it takes a quarter of the start and finds nothing.
    """
    gc.disable()
    from genesis_tui.cli.main import cli

    cli(prog_name="genesis-tui")


if __name__ == "__main__":
    main()
