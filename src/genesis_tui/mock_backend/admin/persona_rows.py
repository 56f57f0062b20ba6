"""The invented people as the tester API lists them, from the rows of three tables. Loads nothing heavy."""

import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.rules.sign_in.methods import METHOD_TITLES

TABLES = ("person", "sign_in", "method")
Rows = Iterable[Mapping[str, Any]]


def personas_of(tables: Mapping[str, Rows]) -> list[dict[str, Any]]:
    """Everybody with a story, in the order of their stories, from the rows of `TABLES`."""
    people, sign_ins, methods = (tables.get(table, ()) for table in TABLES)
    logons = {row["person_id"]: row for row in sign_ins}
    cards = [(row["person_id"], row["method"]) for row in methods]
    told = [(json.loads(row["persona"]), row) for row in people if row["persona"] != "{}"]
    told.sort(key=lambda pair: (pair[0].get("order", 0), pair[1]["id"]))
    return [_persona(story, row, logons.get(row["id"], {}), cards) for story, row in told]


def holds_token(sent: str, authorization: str, token: str) -> bool:
    """Whether a request carries the tester token, in its own header or as a bearer."""
    scheme, _, bearer = authorization.partition(" ")
    given = sent or (bearer if scheme.lower() == "bearer" else "")
    return hmac.compare_digest(given.encode(), token.encode())


def _persona(
    story: Mapping[str, Any], person: Mapping[str, Any], logon: Mapping[str, Any], cards: list[tuple[str, str]]
) -> dict[str, Any]:
    methods = sorted(method for owner, method in cards if owner == person["id"]) + (["ds-logon"] if logon else [])
    return {
        "name": f"{person['given']} {person['family']}",
        "story": story.get("story", ""),
        "method": " · ".join(METHOD_TITLES[method] for method in methods),
        "level": Level(logon["level"]).title if logon else "",
        "username": logon.get("username", ""),
        "password": logon.get("password", ""),
        "state": story.get("state", ""),
    }
