"""Drafts and messages on their way as bytes for the disk, and back."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from genesis_tui.models.acts import ActStage, Outgoing
from genesis_tui.models.messages.drafts import Draft, DraftFile


def draft_bytes(draft: Draft) -> bytes:
    """A draft as JSON."""
    return json.dumps(asdict(draft), default=_iso).encode()


def draft_of(content: bytes | None) -> Draft | None:
    """The draft again; None where it is none that this version can read."""
    tree = _tree(content)
    try:
        return _draft(tree) if tree is not None else None
    except (KeyError, TypeError, ValueError):
        return None


def outgoing_bytes(item: Outgoing) -> bytes:
    """A message in the outbox as JSON."""
    return json.dumps(asdict(item), default=_iso).encode()


def outgoing_of(content: bytes | None) -> Outgoing | None:
    """The message again; None as for drafts."""
    tree = _tree(content)
    if tree is None:
        return None
    try:
        parts = {
            "draft": _draft(tree["draft"]),
            "stage": ActStage(tree["stage"]),
            "asked": datetime.fromisoformat(tree["asked"]),
            "tried": _instant(tree["tried"]),
            "due": date.fromisoformat(tree["due"]) if tree["due"] else None,
        }
        return Outgoing(**{**tree, **parts})
    except (KeyError, TypeError, ValueError):
        return None


def _draft(tree: dict[str, Any]) -> Draft:
    files = tuple(DraftFile(**file) for file in tree["files"])
    return Draft(**{**tree, "files": files, "saved": _instant(tree["saved"])})


def _tree(content: bytes | None) -> dict[str, Any] | None:
    try:
        tree = json.loads(content) if content is not None else None
    except ValueError:
        return None
    return tree if isinstance(tree, dict) else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
