"""A mock, or what stands before one, on a socket of loopback, for the attacks that go over real HTTP."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.mock_backend.server.serve import address_of, listen


@contextmanager
def served(mock: Mock) -> Iterator[str]:
    """The address at which `mock` answers, until the end of the block."""
    listener = listen("127.0.0.1", 0)
    mock.issuer = address_of(listener)
    with answering(create_app(mock), listener):
        yield mock.issuer


@contextmanager
def answering(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """`app` answers on a socket that listens, until the end of the block."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
