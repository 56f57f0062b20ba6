"""Clipboards that are filled in here as bytes for the disk, and back."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from genesis_tui.models.appointments.clipboards.questions import Amount, Answers, Coded, Path, Pointer, Unread, Value
from genesis_tui.store.messages import instant_of, tree_of

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (Amount, Coded, Pointer, Unread)}


@dataclass(frozen=True, slots=True)
class KeptClipboard:
    """The answers to a clipboard on this disk, with the server's version that they replace."""

    id: str
    patient_id: str
    version: int
    answers: Answers
    saved: datetime | None
    on_server: bool


def clipboard_bytes(kept: KeptClipboard) -> bytes:
    """As JSON."""
    answers = kept.answers
    tree = {
        "id": kept.id,
        "patient_id": kept.patient_id,
        "version": kept.version,
        "saved": kept.saved.isoformat() if kept.saved else None,
        "on_server": kept.on_server,
        "values": [[path, [_plain(value) for value in values]] for path, values in answers.values.items()],
        "counts": [[path, count] for path, count in answers.counts.items()],
    }
    return json.dumps(tree).encode()


def clipboard_of(content: bytes | None) -> KeptClipboard | None:
    """The answers again; None where this version can't read them."""
    tree = tree_of(content)
    try:
        return _kept(tree) if tree is not None else None
    except (KeyError, TypeError, ValueError):
        return None


def _kept(tree: dict[str, Any]) -> KeptClipboard:
    values = {_path(path): tuple(_value(one) for one in given) for path, given in tree["values"]}
    counts = {_path(path): int(count) for path, count in tree["counts"]}
    names = ("id", "patient_id", "version")
    parts = {name: tree[name] for name in names} | {"on_server": bool(tree["on_server"])}
    return KeptClipboard(answers=Answers(values, counts), saved=instant_of(tree["saved"]), **parts)


def _path(steps: list[list[Any]]) -> Path:
    return tuple((str(id), int(number)) for id, number in steps)


def _plain(value: Value) -> object:
    if isinstance(value, Amount | Coded | Pointer | Unread):
        return {type(value).__name__: [getattr(value, name) for name in value.__dataclass_fields__]}
    return value


def _value(value: Any) -> Value:
    if isinstance(value, dict):
        [(kind, parts)] = value.items()
        made: Value = _KINDS[kind](*parts)
        return made
    if isinstance(value, bool | int | float | str):
        return value
    raise TypeError(type(value).__name__)
