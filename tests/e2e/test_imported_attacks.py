"""Records from elsewhere with attacks in every text field, imported, then read on screens and by commands (S1)."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bench.terminal import Terminal, environment
from genesis_tui.mock_backend.admin.personas import persona_list
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.database.schema.sign_in import sign_in
from genesis_tui.mock_backend.imports.files import batches_of
from genesis_tui.mock_backend.imports.run import import_source
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.sanitize import plain
from tests.cli.in_process import called_on_terminal
from tests.e2e.attacks import ATTACKS, FULLER_WORLDS, Attack, all_at_once_then, spoil_resource, together
from tests.e2e.conftest import PROGRAM, START, Start, serving
from tests.gate.judge import SHARED

FHIR = SHARED / "data/fhir"
pytestmark = pytest.mark.skipif(not FHIR.is_dir(), reason="the shared FHIR files are not beside this repository")
SECTIONS = 26
WALK: tuple[tuple[str, ...], ...] = (
    ("2", "j", "G", "g", "enter", "j", "]", "]", "escape"),
    ("right", "right", "enter", "G", "escape", "right", "right", "enter", "G", "escape"),
    ("4", "enter", "G", "escape"),
    ("5", "j", "enter", "G", "escape"),
    *(("6", *(["j"] if step else []), "enter", "G", "enter", "escape", "escape") for step in range(SECTIONS)),
    ("p", "f", "escape", "1"),
)
COMMANDS = (
    ("family",),
    ("results", "--json"),
    ("appointments",),
    ("refills", "list"),
    ("record",),
    ("record", "--json"),
    *(("record", section) for section in ("medications", "conditions", "visits", "immunizations", "vitals")),
)


def _records() -> Iterator[dict[str, Any]]:
    """Synthea's people, and every single example of HL7's and US Core's."""
    for file in sorted((FHIR / "synthea-2019-r4").glob("*.json.gz")):
        yield json.loads(gzip.decompress(file.read_bytes()))
    for folder in ("us-core-6.1.0-examples", "hl7-fhir-r4-examples-4.0.1"):
        for file in sorted((FHIR / folder).glob("*.json")):
            yield json.loads(file.read_bytes())


def _hostile_mock(folder: Path, attack: Attack) -> tuple[str, dict[str, Any]]:
    """A mock's file that has imported all of it with the attack in every text field; its URL and the fullest record."""

    def spoil(text: str) -> str:
        return attack.payload + text

    changed, source = 0, folder / "hostile"
    source.mkdir()
    for number, record in enumerate(_records()):
        changed += spoil_resource(record, spoil)
        (source / f"{number}.json").write_text(json.dumps(record))
    assert changed > 9_000
    url = f"sqlite:///{folder / 'hostile.db'}"
    mock = Mock.create(url, start=datetime.fromisoformat(START), frozen=True)
    (batch,) = batches_of((source,), "hostile")
    report = import_source(mock, batch.source, batch.files, sign_ins=True)
    assert report.taken["Observation"] > 200
    person = _fullest(mock)
    mock.close()
    return url, person


def _fullest(mock: Mock) -> dict[str, Any]:
    """The imported person with the most kinds of entries, and how to sign in as them."""
    with mock.database.begin() as conn:
        kinds = {(row.patient_id, row.type) for row in conn.execute(select(resource.c.patient_id, resource.c.type))}
        counted = Counter(patient for patient, _ in kinds if patient.startswith("hostile"))
        (patient, _), *_ = counted.most_common(1)
        username = conn.execute(select(sign_in.c.username).where(sign_in.c.person_id == patient)).scalar_one()
    return next(one for one in persona_list(mock) if one["username"] == username)


@pytest.mark.long
@pytest.mark.parametrize("attack", all_at_once_then(FULLER_WORLDS))
def test_no_screen_lets_imported_attacks_through(start: Start, tmp_path: Path, attack: Attack) -> None:
    url, person = _hostile_mock(tmp_path, attack)
    with serving("--db", url) as server:
        app = start(PROGRAM, "--server", server.url, columns=120, rows=40, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
        _sign_in(app, person)
        harmless, shown = plain(attack.payload)[:6], 0
        for keys in WALK:
            for key in keys:
                app.press(key)
                app.settle(0.06)
                shown += harmless in app.text
            assert app.code is None, f"the app ended at {keys}:\n{app.text}"
            assert attack.found(bytes(app.output)) == [], f"at {keys}"
        assert shown > 20, "the walk hardly came to a screen with the attack on it"
        app.press("ctrl+q")
        assert app.wait() == 0


def _sign_in(app: Terminal, person: dict[str, Any]) -> None:
    app.expect("SIGN IN WITH", "OR AS A TEST PERSON", seconds=40)
    app.press("3")
    app.expect("User name", "Password")
    app.type(person["username"])
    app.expect(person["username"][:20])
    app.press("tab")
    app.settle(0.3)
    app.type(person["password"])
    app.settle(0.5)
    app.press("enter")
    app.expect("New for you", seconds=30)
    app.settle(0.5)


def test_no_command_lets_imported_attacks_through(home: Path, tmp_path: Path) -> None:
    attack = together(ATTACKS)
    url, person = _hostile_mock(tmp_path, attack)
    passphrase = tmp_path / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text("only for these tests")
    with serving("--db", url) as server:
        sign_in = ("login", "--username", person["username"], "--password-stdin")
        for command in (sign_in, *COMMANDS):
            typed = f"{person['password']}\n" if command is sign_in else ""
            places = environment(home, GENESIS_TUI_PASSPHRASE_FILE=str(passphrase))
            code, output = called_on_terminal(("--server", server.url, *command), places, typed=typed)
            assert code == 0, f"{command}:\n{output.decode()}"
            assert len(output) > 20
            assert attack.found(output) == [], command
