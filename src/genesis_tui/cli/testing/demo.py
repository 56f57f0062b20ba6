"""`demo`: the app against a mock of its own."""

from pathlib import Path

import click

from genesis_tui.cli.testing.demo_app import SEED, run_demo


@click.command()
@click.option("--seed", default=SEED, show_default=True, help="Another seed gives other values to the same people.")
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
    run_demo(seed=seed, paths=paths, use_ascii=use_ascii, low_bandwidth=low_bandwidth)
