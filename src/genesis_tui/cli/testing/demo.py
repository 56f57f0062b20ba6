"""`demo`: the app against a mock of its own."""

import gc
import os
import sys
from pathlib import Path

import click

from genesis_tui.cli.testing.client import TOKEN_VARIABLE
from genesis_tui.cli.testing.process import MockProcess


@click.command()
@click.option("--seed", default=7, show_default=True, help="Another seed gives other values to the same people.")
@click.option(
    "--import",
    "paths",
    metavar="PATH",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Take in FHIR records from elsewhere, with sign-ins for their people; may be given again.",
)
@click.option("--ascii", "use_ascii", is_flag=True, help="Draw with ASCII characters only.")
@click.option("--low-bandwidth", is_flag=True, help="No animation and sixteen colours, for slow links.")
def demo(*, seed: int, paths: tuple[Path, ...], use_ascii: bool, low_bandwidth: bool) -> None:
    """Try everything with invented people; nothing leaves this computer.

    Starts a mock portal with a fresh world and opens the app on its sign-in screen. Both end together. Nothing of what
    is done in that world is kept; the world itself, as it is before anybody signs in, stays in the cache folder for the
    next start.
    """
    gc.disable()  # until the app stands (`run_app`)
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
        click.echo(f"The demo could not go on. {mock.complaint}", err=True)
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
