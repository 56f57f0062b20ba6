"""Text that attacks a terminal, and a mock's database in which every text field carries it (S1)."""

import base64
import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

_POINTER_SHAPE = re.compile(rb"\x1b\]22;[a-z-]+\x07")


@dataclass(frozen=True, slots=True)
class Attack:
    """`payload` goes before a field's own text; none of `never` may reach the terminal, whatever it is drawn in."""

    name: str
    payload: str
    never: tuple[bytes, ...] = ()

    def found(self, output: bytes) -> list[bytes]:
        """What of the attack stands in the program's output, apart from Textual's own word on the mouse pointer."""
        theirs = _POINTER_SHAPE.sub(b"", output)
        return [sequence for sequence in self.never if sequence in theirs]


ATTACKS = (
    Attack("C0", "a\x07\x08\x0b\x0c\x0e\x0f\x1a", (b"\x07", b"\x08", b"\x0b", b"\x0c", b"\x0e", b"\x0f", b"\x1a")),
    Attack("CSI", "a\x1b[913;7H\x1b[2J\x1b[?1049l", (b"\x1b[913", b"\x1b[2J\x1b[?1049l")),
    Attack("OSC 0", "a\x1b]0;owned\x07", (b"\x1b]", b"\x07")),
    Attack("OSC 8", "a\x1b]8;;https://owned.example\x1b\\b\x1b]8;;\x1b\\", (b"\x1b]", b"\x1b\\")),
    Attack("OSC 52", "a\x1b]52;c;b3duZWQ=\x07", (b"\x1b]", b"\x07")),
    Attack("DCS", "a\x1bP+q544e\x1b\\", (b"\x1bP", b"\x1b\\")),
    Attack("APC", "a\x1b_Gowned\x1b\\", (b"\x1b_", b"\x1b\\")),
    Attack(
        "C1",
        "a\x9b913;7H\x9d0;owned\x9c\x90q\x9c\x85",
        (b"\xc2\x9b", b"\xc2\x9d", b"\xc2\x9c", b"\xc2\x90", b"\xc2\x85"),
    ),
    Attack("RIS", "a\x1bc", (b"\x1bc",)),
    Attack("ENQ", "a\x05", (b"\x05",)),
    Attack("bidi", "a\u202eb\u2066c\u200fd", ("\u202e".encode(), "\u2066".encode(), "\u200f".encode())),
    Attack("zero-width", "a\u200bb\u2060c\ufeffd", ("\u200b".encode(), "\u2060".encode(), "\ufeff".encode())),
    Attack("markup action", "[@click=app.quit]a[/]", (b"\x1b]8",)),
    Attack("markup link", "[link=https://owned.example]a[/link]", (b"\x1b]8",)),
    Attack("broken markup", "[/owned][b"),
)
"""Thirteen of the classes of S1, markup in its three kinds; pasting is the fourteenth and has tests of its own."""

EVERYTHING = "".join(attack.payload for attack in ATTACKS)


def together(attacks: Sequence[Attack]) -> Attack:
    """Several attacks as one; short ones first, so that each begins inside a narrow column."""
    short_first = sorted(attacks, key=lambda attack: len(attack.payload))
    return Attack(
        " + ".join(attack.name for attack in attacks),
        "".join(attack.payload for attack in short_first),
        tuple({sequence for attack in attacks for sequence in attack.never}),
    )


WORLDS = tuple(together(ATTACKS[first : first + 3]) for first in range(0, len(ATTACKS), 3))
"""The attacks by threes: each world carries three in every text field."""
FULLER_WORLDS = tuple(together(ATTACKS[first : first + 5]) for first in range(0, len(ATTACKS), 5))
"""The same by fives, where a world takes long to make."""


def all_at_once_then(worlds: Sequence[Attack]) -> list[ParameterSet]:
    """Parameters of a walk through the app: a world with every attack in each field, and as long tests, each of these.

    A narrow column may cut what stands last in a field; where few attacks stand in it, each begins inside.
    """
    everything = pytest.param(together(ATTACKS), id="all")
    return [everything, *(pytest.param(world, marks=pytest.mark.long, id=world.name) for world in worlds)]


_MEANT_FOR_MACHINES = frozenset(
    {
        "id",
        "resourceType",
        "reference",
        "url",
        "fullUrl",
        "system",
        "status",
        "contentType",
        "profile",
        "gender",
        "intent",
        "use",
    }
    | {
        "div",
        "linkId",
        "type",
        "hash",
        "language",
        "category",
        "clinicalStatus",
        "verificationStatus",
        "security",
        "tag",
    }
    | {"identifier", "maritalStatus", "versionId"}
)
_CODES_ARE_SHOWN = frozenset({"interpretation", "valueQuantity", "valueCodeableConcept", "dataAbsentReason", "unit"})
_TEXT_COLUMNS = {
    "person": ("given", "family"),
    "deers": ("given", "family", "address", "email", "phone"),
    "care": ("pcm", "sharing"),
    "thread": ("subject", "category", "recipient"),
    "message": ("sender", "body"),
    "mailbox": ("name", "detail", "clinic", "facility", "closed"),
    "draft": ("subject", "body"),
    "own_folder": ("name",),
    "attachment": ("name",),
    "correction": ("note",),
    "pickup_point": ("name", "facility", "place"),
    "request_stage": ("carrier", "number", "note"),
}
_LIST_COLUMNS = {"care": ("team", "clinics")}
_PERSONA_COLUMNS = {"person": ("persona",)}


def poison(database: Path, attack: Attack) -> int:
    """Puts the attack before every text field of a mock's SQLite file; the number of fields."""

    def spoil(text: str) -> str:
        return attack.payload + text

    changed = 0
    with sqlite3.connect(database) as file:
        for row, body in file.execute("select row, body from resource").fetchall():
            resource = json.loads(body)
            changed += spoil_resource(resource, spoil)
            file.execute("update resource set body = ? where row = ?", (json.dumps(resource).encode(), row))
        changed += _spoil_tables(file, spoil)
    file.close()
    return changed


def spoil_resource(node: Any, spoil: Callable[[str], str], *, codes: bool = False) -> int:
    """Changes `node` in place, but not what only machines read; `codes` where a code may be shown as it is."""
    if isinstance(node, list):
        return sum(spoil_resource(item, spoil, codes=codes) for item in node)
    if not isinstance(node, dict):
        return 0
    changed = 0
    for key, value in node.items():
        if _for_machines(key, value, codes=codes):
            continue
        if isinstance(value, str):
            node[key] = _spoil_base64(value, spoil) if key == "data" else spoil(value)
            changed += 1
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            node[key] = [spoil(item) for item in value]
            changed += len(value)
        else:
            changed += spoil_resource(value, spoil, codes=codes or key in _CODES_ARE_SHOWN)
    return changed


def _for_machines(key: str, value: object, *, codes: bool) -> bool:
    if key in _MEANT_FOR_MACHINES:
        return True
    return isinstance(value, str) and ((key == "code" and not codes) or value[:2] in ("19", "20"))


def _spoil_base64(encoded: str, spoil: Callable[[str], str]) -> str:
    """The attack before the content, whatever that is; FHIR has other elements called `data`, which are plain text."""
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError:
        return spoil(encoded)
    return base64.b64encode(spoil("").encode() + content).decode()


def _spoil_tables(file: sqlite3.Connection, spoil: Callable[[str], str]) -> int:
    changed = 0
    file.create_function("spoil", 1, lambda text: spoil(text) if text else text)
    file.create_function("spoil_list", 1, lambda text: json.dumps([spoil(item) for item in json.loads(text)]))
    file.create_function("spoil_persona", 1, lambda text: json.dumps(_spoil_values(json.loads(text), spoil)))
    all_columns = (("spoil", _TEXT_COLUMNS), ("spoil_list", _LIST_COLUMNS), ("spoil_persona", _PERSONA_COLUMNS))
    for function, tables in all_columns:
        for table, columns in tables.items():
            for column in columns:
                changed += file.execute(f"update {table} set {column} = {function}({column})").rowcount
    return changed


def _spoil_values(persona: dict[str, Any], spoil: Callable[[str], str]) -> dict[str, Any]:
    """What the sign-in screen and `mock personas` say of a test person."""
    return {key: spoil(value) if key in ("story", "method") else value for key, value in persona.items()}
