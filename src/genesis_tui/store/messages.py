"""Drafts as bytes for the disk, and back."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from genesis_tui.models.messages.drafts import Draft, DraftFile


def draft_bytes(draft: Draft) -> bytes:
    """A draft as JSON."""
    return json.dumps(asdict(draft), default=iso).encode()


def draft_of(content: bytes | None) -> Draft | None:
    """The draft again; None where it is none that this version can read."""
    tree = tree_of(content)
    try:
        return draft_in(tree) if tree is not None else None
    except (KeyError, TypeError, ValueError):
        return None


def draft_in(tree: dict[str, Any]) -> Draft:
    """A draft that is part of something else. Raises KeyError, TypeError, ValueError."""
    files = tuple(DraftFile(**file) for file in tree["files"])
    return Draft(**{**tree, "files": files, "saved": instant_of(tree["saved"])})


def tree_of(content: bytes | None) -> dict[str, Any] | None:
    """A JSON object; None for anything else."""
    try:
        tree = json.loads(content) if content is not None else None
    except ValueError:
        return None
    return tree if isinstance(tree, dict) else None


def instant_of(text: str | None) -> datetime | None:
    """The moment that a text names, if any. Raises ValueError."""
    return datetime.fromisoformat(text) if text else None


def iso(value: object) -> str:
    """What JSON has no type for. Raises TypeError."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
