"""The mock as a process: `python -m genesis_tui.mock_backend.server.serve`. Listens first, then builds its world.

Its first line on stdout is JSON: `{"url": …, "tester_token": …}`. It comes when everything is there and answered;
requests that come before wait in line. With `--with-parent` the process ends when its standard input ends, so that
nothing is left running even where the parent was killed, and the first line of that input is the tester token to use.
"""

import gc

gc.disable()  # what is imported here stays: looking for garbage in it takes a quarter of the start

import json  # noqa: E402
import os  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from typing import TYPE_CHECKING, NamedTuple  # noqa: E402

from genesis_tui.mock_backend.server.options import IN_MEMORY, ServeOptions, parsed  # noqa: E402

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

STDIN = 0
BACKLOG = 256
SECONDS_TO_CLOSE = 3.0
SECONDS_TO_HOME = 1.5
"""How long what Home does not ask for waits, so that it takes no time from that."""


class Names(NamedTuple):
    """What a mock goes by: the origin that it gives out, and every `host:port` that it answers to."""

    url: str
    hosts: frozenset[str]


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Serve until a signal or the end of the parent; returns the exit code."""
    options = parsed(arguments)
    token = _first_line() if options.with_parent else ""
    try:
        listener = socket.socket(fileno=options.fd) if options.fd is not None else listen(options.host, options.port)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "that is no host"
        words = f"no socket at {options.host[:80]}, port {options.port}: {why}"
        return _failed(words, 1 if isinstance(error, OSError) and not isinstance(error, socket.gaierror) else 2)
    return serve(listener, _names(listener, options), token or _new_token(), options)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, UnicodeError):
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _names(listener: socket.socket, options: ServeOptions) -> Names:
    """What it goes by: the public URL, else the first name that is allowed, else where it listens."""
    port = listener.getsockname()[1]
    named = [f"{name}:{port}" for name in options.allowed_hosts]
    url = options.public_url or (f"http://{named[0]}" if named else address_of(listener))
    by_default = {name for name in options.allowed_hosts if port == 80}
    here = {f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"}
    return Names(url, frozenset({*named, *by_default, *here, url.partition("://")[2]}))


def serve(listener: socket.socket, names: Names, token: str, options: ServeOptions) -> int:
    """Answer requests on a socket that listens already, and build the world meanwhile; say so once that is done."""
    import uvicorn

    from genesis_tui.mock_backend.server.loading import LoadingApp

    mocks: list[Mock] = []

    def stop() -> None:
        server.should_exit = True

    def tell() -> None:
        print(json.dumps({"url": names.url, "tester_token": token}), flush=True)

    opening = LoadingApp(names.url, lambda opening: _open(opening, mocks, names, token, options), tell, stop)
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
    return 0 if opening.failed is None else _unusable(opening.failed)


def _open(opening: "LoadingApp", mocks: "list[Mock]", names: Names, token: str, options: ServeOptions) -> "Gateway":
    """The world first, as the list of its people is what a sign-in screen waits for; then all the rest."""
    from datetime import UTC, datetime

    from genesis_tui.mock_backend.server.loading import PERSONAS, early_personas

    start = options.start or datetime.now(UTC).replace(second=0, microsecond=0)
    world = _world(options, start, lambda rows: opening.offer(PERSONAS, early_personas(rows, token)))
    _load_fastapi()
    from genesis_tui.mock_backend.mock import Mock
    from genesis_tui.mock_backend.server.app import create_app
    from genesis_tui.mock_backend.world.base.stored import StoredWorld

    if isinstance(world, StoredWorld):
        mock = Mock.of_world(world, seed=options.seed, start=start, frozen=options.frozen)
    else:
        mock = Mock.create(options.db, seed=options.seed, start=start, frozen=options.frozen, world=world)
    mocks.append(mock)
    mock.issuer, mock.other_hosts, mock.tester_token = names.url, names.hosts, token
    app = create_app(mock)
    threading.Thread(target=_load_rest, daemon=True).start()
    return app


def _world(options: ServeOptions, start: "datetime", offer: "Offer") -> "World | StoredWorld | None":
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


def _load_fastapi() -> None:
    """With the models of its OpenAPI description, which only a reader of it asks for, built when it is asked for.

    FastAPI loads pydantic's first version, where there is one, to tell that no model of ours is of it.
    """
    sys.modules.setdefault("pydantic.v1", None)  # type: ignore[arg-type]
    from pydantic import BaseModel

    BaseModel.model_config["defer_build"] = True
    try:
        import fastapi.openapi.models  # noqa: F401
    finally:
        del BaseModel.model_config["defer_build"]


def _load_rest() -> None:
    """What the first sign-in needs is loaded while the person types, the rest once Home is read; garbage is collected
    then."""
    import joserfc.jwk
    import joserfc.jwt  # noqa: F401

    time.sleep(SECONDS_TO_HOME)
    import genesis_tui.mock_backend.fhir.app
    import genesis_tui.mock_backend.server.parts  # noqa: F401

    gc.freeze()
    gc.enable()


def _config(app: "LoadingApp") -> "uvicorn.Config":
    import uvicorn

    from genesis_tui.mock_backend.server.log import LOGGING

    return uvicorn.Config(
        app,
        log_config=LOGGING,
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


def _unusable(error: Exception) -> int:
    """What opening the world came to; 2 where another `--db` would mend it."""
    import sqlite3

    from sqlalchemy.exc import SQLAlchemyError

    code = 2 if isinstance(error, SQLAlchemyError | sqlite3.Error | OSError) else 1
    return _failed(str(error).partition("\n")[0], code)


def _failed(why: str, code: int = 1) -> int:
    print(f"The mock could not start: {why}", file=sys.stderr)
    return code


def _first_line() -> str:
    """The first line of standard input, read without taking more than that line."""
    line = b""
    while not line.endswith(b"\n") and (letter := os.read(STDIN, 1)):
        line += letter
    return line.decode("ascii").strip()


def _new_token() -> str:
    import secrets

    return secrets.token_urlsafe(24)


if __name__ == "__main__":
    sys.exit(main())
