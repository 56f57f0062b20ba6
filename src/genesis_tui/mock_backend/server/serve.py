"""The mock as a process: `python -m genesis_tui.mock_backend.server.serve`. Listens first, then builds its world.

Its first line on stdout is JSON: `{"url": …, "tester_token": …}`. It comes as soon as the socket listens; requests wait
until the world is there. With `--with-parent` the process ends when its standard input ends, so that nothing is left
running even where the parent was killed, and the first line of that input is the tester token to use.
"""

import gc

gc.disable()  # what is imported here stays: looking for garbage in it takes a quarter of the start

import argparse  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import uvicorn

    from genesis_tui.mock_backend.mock import Mock
    from genesis_tui.mock_backend.server.day_world import Offer
    from genesis_tui.mock_backend.server.gateway import Gateway
    from genesis_tui.mock_backend.server.loading import LoadingApp
    from genesis_tui.mock_backend.world.base.stored import StoredWorld
    from genesis_tui.mock_backend.world.base.world import World

IN_MEMORY = "sqlite://"
STDIN = 0
BACKLOG = 256
SECONDS_TO_CLOSE = 3.0
SWITCH_WHILE_LOADING = 0.0005
"""Seconds after which the thread that loads lets the one that answers go on; Python's own 5 ms delay each request."""


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Serve until a signal or the end of the parent; returns the exit code."""
    options = _parser().parse_args(arguments)
    token = _first_line() if options.with_parent else ""
    try:
        listener = socket.socket(fileno=options.fd) if options.fd is not None else listen(options.host, options.port)
    except OSError as error:
        return _failed(f"no socket at {options.host}, port {options.port}: {error.strerror}")
    url = address_of(listener)
    token = token or _new_token()
    print(json.dumps({"url": url, "tester_token": token}), flush=True)
    return serve(listener, url, token, options)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def address_of(listener: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(listener: socket.socket, url: str, token: str, options: argparse.Namespace) -> int:
    """Answer requests on a socket that listens already, and build the world meanwhile."""
    import uvicorn

    from genesis_tui.mock_backend.server.loading import LoadingApp

    mocks: list[Mock] = []

    def stop() -> None:
        server.should_exit = True

    opening = LoadingApp(url, lambda opening: _open(opening, mocks, url, token, options), stop)
    server = uvicorn.Server(_config(opening))
    if options.with_parent:
        _end_with_parent(opening, stop)

    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        for mock in mocks:
            mock.close()
    return 0 if opening.failed is None else _failed(str(opening.failed).partition("\n")[0])


def _open(opening: "LoadingApp", mocks: "list[Mock]", url: str, token: str, options: argparse.Namespace) -> "Gateway":
    """The world first, as the list of its people is what a sign-in screen waits for; then all the rest."""
    from genesis_tui.mock_backend.server.loading import PERSONAS, early_personas

    start = _start(options.start)
    world = _world(options, start, lambda rows: opening.offer(PERSONAS, early_personas(rows, token)))
    from genesis_tui.mock_backend.mock import Mock
    from genesis_tui.mock_backend.server.app import create_app
    from genesis_tui.mock_backend.world.base.stored import StoredWorld

    if isinstance(world, StoredWorld):
        mock = Mock.of_world(world, seed=options.seed, start=start, frozen=options.frozen)
    else:
        mock = Mock.create(options.db, seed=options.seed, start=start, frozen=options.frozen, world=world)
    mocks.append(mock)
    mock.issuer, mock.tester_token = url, token
    app = create_app(mock)
    threading.Thread(target=_load_rest, daemon=True).start()
    return app


def _start(given: str | None) -> "datetime":
    from datetime import UTC, datetime

    if given is None:
        return datetime.now(UTC).replace(second=0, microsecond=0)
    start = datetime.fromisoformat(given)
    return start if start.tzinfo else start.replace(tzinfo=UTC)


def _world(options: argparse.Namespace, start: "datetime", offer: "Offer") -> "World | StoredWorld | None":
    """The world to begin with; None where the database may hold one."""
    if options.db != IN_MEMORY:
        return None
    if options.of_the_day:
        from genesis_tui.mock_backend.server.day_world import day_world
        from genesis_tui.mock_backend.world.base.stored import user_cache

        return day_world(user_cache(), options.seed, start, offer)
    from genesis_tui.mock_backend.rules.policy import Policy
    from genesis_tui.mock_backend.world.build import build_world

    world = build_world(seed=options.seed, start=start, policy=Policy())
    offer(world.rows)
    return world


def _load_rest() -> None:
    """What the first sign-in needs is loaded while the person types; then garbage is collected again."""
    import joserfc.jwk
    import joserfc.jwt  # noqa: F401

    gc.freeze()
    gc.enable()
    sys.setswitchinterval(0.005)


def _config(app: "LoadingApp") -> "uvicorn.Config":
    import uvicorn

    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _end_with_parent(opening: "LoadingApp", end: "Callable[[], None]") -> None:
    """Call `end` when standard input ends; by force where it comes too early for that, or is not enough."""

    def watch() -> None:
        while os.read(STDIN, 4096):
            pass
        if opening.loading:
            os._exit(0)
        end()
        last = threading.Timer(SECONDS_TO_CLOSE, os._exit, (1,))
        last.daemon = True
        last.start()

    threading.Thread(target=watch, daemon=True).start()


def _failed(why: str) -> int:
    print(f"The mock could not start: {why}", file=sys.stderr)
    return 1


def _first_line() -> str:
    """The first line of standard input, read without taking more than that line."""
    line = b""
    while not line.endswith(b"\n") and (letter := os.read(STDIN, 1)):
        line += letter
    return line.decode("ascii").strip()


def _new_token() -> str:
    import secrets

    return secrets.token_urlsafe(24)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="genesis-tui mock serve", description="Serve the mock portal.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (loopback)")
    parser.add_argument("--port", type=int, default=8801, help="port to listen on; 0 takes a free one")
    parser.add_argument("--db", default=IN_MEMORY, help="SQLAlchemy URL; in memory by default")
    parser.add_argument("--seed", type=int, default=7, help="seed of the world")
    parser.add_argument("--start", help="the world's first instant (ISO 8601); now by default")
    parser.add_argument("--of-the-day", action="store_true", help="take the world of the day from the cache folder")
    parser.add_argument("--frozen", action="store_true", help="keep the clock still until it is moved")
    parser.add_argument("--fd", type=int, help="a socket that listens already")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    return parser


if __name__ == "__main__":
    sys.exit(main())
