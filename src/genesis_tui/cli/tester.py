"""Calls to the tester API of a mock on this computer."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import click

SECONDS = 30.0


def call(method: str, url: str, path: str, token: str) -> Any:
    """The JSON that a mock answers; `url` is its address, and its token goes to loopback only (HOST-1).

    Raises click.ClickException in words when there is no answer, or a refusal.
    """
    connection = http.client.HTTPConnection(*_loopback(url), timeout=SECONDS)
    try:
        connection.request(method, path, headers={"X-Tester-Token": token})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise click.ClickException(f"No mock answers at {url}: {error}") from None
    finally:
        connection.close()
    tree = json.loads(body) if "json" in answer.getheader("content-type", "") else {}
    if answer.status >= 400:
        raise click.ClickException(str(tree.get("title", f"The mock answered {answer.status}.")))
    return tree


def _loopback(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        host, port = "", 0
    if url != f"http://{f'[{host}]' if ':' in host else host}:{port}" or host not in ("127.0.0.1", "::1"):
        raise click.UsageError("--url is the address that the mock printed, such as http://127.0.0.1:8801")
    return host, port
