"""Acts under way as bytes for the disk, and back."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from genesis_tui.models.acts import Act, ActStage
from genesis_tui.store.messages import instant_of, iso, tree_of

A = TypeVar("A", bound=Act)
MESSAGE = "message"


def act_bytes(act: Act) -> bytes:
    """An act as JSON."""
    return json.dumps(asdict(act), default=iso).encode()


def act_tree(content: bytes | None) -> dict[str, Any] | None:
    """Its JSON again, with its kind, which messages of versions before did not name; None where it is no JSON."""
    tree = tree_of(content)
    return None if tree is None else {"kind": MESSAGE, **tree}


def act_in(tree: dict[str, Any], act: type[A], **own: Any) -> A:
    """The act that JSON tells of; `own` are the fields that no JSON type holds. Raises KeyError, TypeError, ValueError.

    Fields that are not there have their defaults, so that what an earlier version wrote is read.
    """
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in tree.items()}
    parts: dict[str, Any] = {
        "stage": ActStage(tree["stage"]),
        "asked": datetime.fromisoformat(tree["asked"]),
        "tried": instant_of(tree["tried"]),
    }
    return act(**{**plain, **parts, **own})
