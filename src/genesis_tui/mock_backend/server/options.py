"""What a mock is started with. What can't be used ends with 2 and a sentence, before anything is built."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

IN_MEMORY = "sqlite://"
YEARS = range(1950, 2151)
"""A world reaches decades back from its start, and years ahead."""
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.IGNORECASE)
_URL = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """`fd` is a socket that listens already; `public_url` is empty where the mock goes by the address it listens on."""

    host: str
    port: int
    db: str
    seed: int
    start: datetime | None
    of_the_day: bool
    frozen: bool
    fd: int | None
    with_parent: bool
    public_url: str
    allowed_hosts: tuple[str, ...]


def parsed(arguments: Sequence[str] | None) -> ServeOptions:
    """The options of a command line.

    Raises:
        SystemExit: with 2, once it has said why.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    options = ServeOptions(
        **{**vars(given), "public_url": given.public_url or "", "allowed_hosts": tuple(given.allowed_hosts)}
    )
    if not (options.public_url or options.allowed_hosts or options.fd is not None or is_loopback(options.host)):
        parser.error(
            f"--host {options.host} is reached from elsewhere: say by which name, with --public-url http://NAME:PORT "
            "or --allow-host NAME"
        )
    return options


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches an address."""
    return host in ("localhost", "::1") or host.startswith("127.")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong and no more: the options are in `--help`."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="genesis-tui mock serve", description="Serve the mock portal.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (loopback)")
    parser.add_argument("--port", type=_port, default=8801, help="port to listen on; 0 takes a free one")
    parser.add_argument("--db", type=_database, default=IN_MEMORY, help="SQLAlchemy URL; in memory by default")
    parser.add_argument("--seed", type=int, default=7, help="seed of the world")
    parser.add_argument("--start", type=_start, help="the world's first instant (ISO 8601); now by default")
    parser.add_argument("--of-the-day", action="store_true", help="take the world of the day from the cache folder")
    parser.add_argument("--frozen", action="store_true", help="keep the clock still until it is moved")
    parser.add_argument("--fd", type=int, help="a socket that listens already")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    parser.add_argument("--public-url", type=_public_url, help="the address that others reach it by")
    parser.add_argument(
        "--allow-host", dest="allowed_hosts", type=_name, action="append", default=[], help="a name to answer by"
    )
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5 or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no port: one of 0 to 65535, and 0 takes a free one")
    return int(text)


def _start(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no instant, such as 2026-11-20T09:42Z") from None
    if start.year not in YEARS:
        raise argparse.ArgumentTypeError(f"a world begins between {YEARS[0]} and {YEARS[-1]}")
    return start if start.tzinfo else start.replace(tzinfo=UTC)


def _database(text: str) -> str:
    if text == IN_MEMORY:
        return text  # without loading the library for it
    from sqlalchemy.exc import SQLAlchemyError

    from genesis_tui.mock_backend.database.engine import DriverMissing, database_url

    try:
        database_url(text)
    except DriverMissing as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    except SQLAlchemyError:
        words = f"{text[:80]!r} is no database's address, such as sqlite:///mock.db"
        raise argparse.ArgumentTypeError(words) from None
    return text


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no host name")
    return text.lower()


def _public_url(text: str) -> str:
    url = text.rstrip("/")
    match = _URL.fullmatch(url)
    if match is None or int((match[2] or ":1")[1:]) not in range(1, 65536):
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is no address such as http://mock.test:8801")
    return url.lower()
