"""The app against a mock of its own. Loads neither click nor the toolkit before the mock is under way."""

import gc
import os
import sys
from pathlib import Path

from genesis_tui.cli.testing.process import TOKEN_VARIABLE, MockProcess

SEED = 7


def run_demo(
    *, seed: int = SEED, paths: tuple[Path, ...] = (), use_ascii: bool = False, low_bandwidth: bool = False
) -> None:
    """Run both until the app is left. `paths`: FHIR records from elsewhere to take in first."""
    from genesis_tui.cli.base.diagnostics import needs_terminal

    gc.disable()  # until the app stands (`run_app`)
    needs_terminal()
    with MockProcess("--of-the-day", "--seed", str(seed)) as mock:
        os.environ[TOKEN_VARIABLE] = mock.token
        if paths:
            from genesis_tui.cli.testing.imports import import_for_demo

            import_for_demo(paths, mock.url, mock.token)
        try:
            _open(mock.url, use_ascii=use_ascii, low_bandwidth=low_bandwidth)
        except SystemExit:
            if not mock.complaint:
                raise
    if mock.complaint:
        from genesis_tui.cli.base.diagnostics import say

        say(f"The demo could not go on. {mock.complaint}")
        sys.exit(1)


def _open(url: str, *, use_ascii: bool, low_bandwidth: bool) -> None:
    from dataclasses import replace

    from genesis_tui.cli.base.diagnostics import reported
    from genesis_tui.cli.open_app import run_app
    from genesis_tui.settings.settings import load

    with reported():
        settings = load(server=url)
    looks = replace(settings, ascii=use_ascii or settings.ascii, low_bandwidth=low_bandwidth or settings.low_bandwidth)
    run_app(looks, keep=False)
