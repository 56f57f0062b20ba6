"""Text that attacks a terminal is in every text field the server sends; nothing of it reaches the terminal (S1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from bench.terminal import Terminal, environment
from genesis_tui.mock_backend.database.messages.attachments import keep_attachment
from genesis_tui.mock_backend.database.messages.corrections import add_correction, settle_correction
from genesis_tui.mock_backend.database.messages.drafts import DraftText, put_draft
from genesis_tui.mock_backend.database.messages.folders import add_folder
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.sanitize import plain
from tests.cli.in_process import called_on_terminal
from tests.e2e.aftermath import left_wrong
from tests.e2e.attacks import ATTACKS, EVERYTHING, WORLDS, Attack, all_at_once_then, poison, together
from tests.e2e.conftest import DAUGHTER, PROGRAM, SPONSOR, START, Server, Start, choose_a_person, enter_as, serving

WALK: tuple[tuple[str, ...], ...] = (
    ("1", "j", "j", "G"),
    ("2", "j", "j", "G", "g"),
    ("enter", "j", "j"),
    ("t", "tab", "escape"),
    ("]", "]", "]", "]", "escape"),
    ("right", "right", "enter", "G", "escape"),
    ("right", "enter", "G", "escape"),
    ("right", "enter", "G", "escape"),
    ("/", "a", "enter", "escape"),
    ("3", "j", "G", "g", "enter", "G", "]", "escape"),
    ("right", "enter", "G", "escape", "/", "a", "enter", "escape"),
    ("3", "right", "right", "enter", "ctrl+r", "escape", "escape"),
    ("right", "right", "right", "m", "down", "escape", "left", "left", "left", "left", "left"),
    ("3", "g", "r", "tab", "ctrl+r", "escape", "escape", "n", "down", "down", "escape", "escape"),
    ("w", "enter", "right", "ctrl+r", "escape", "escape", "escape"),
    ("2", "a", "enter", "ctrl+o", "escape", "escape", "x", "enter", "ctrl+r", "escape", "escape"),
    ("1", "G", "g"),
    ("4", "j", "G", "g", "enter", "G", "]", "]", "escape"),
    ("M", "left", "right", "enter", "escape", "/", "a", "enter", "escape"),
    ("5", "j", "G", "g", "enter", "G", "]", "]", "t", "t", "escape"),
    *(("6", *["j"] * steps, "enter", "G", "enter", "escape", "escape") for steps in (0, *(1,) * 12)),
    ("6", "G", "enter", "escape", "/", "a", "enter", "escape"),
    ("p", "G"),
    ("?", "escape"),
    ("ctrl+p", "j", "escape"),
    ("f1", "escape"),
    ("f", "down", "escape"),
    ("f", DAUGHTER),
    ("7", "enter", "escape"),
    ("1",),
)
"""Every screen of this version, by keys from Home on; after each group the app must still be there."""


DANIEL = "12742301"


@pytest.fixture(scope="module")
def clean_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mock's database file with the demo's world."""
    file = tmp_path_factory.mktemp("world") / "world.db"
    mock = Mock.create(f"sqlite:///{file}", start=datetime.fromisoformat(START), frozen=True)
    _write(mock)
    mock.close()
    return file


def _write(mock: Mock) -> None:
    """A draft, a folder, a file that was sent, and a correction that has its answer: the world itself has none."""
    with mock.database.begin() as conn:
        letter = "SELECT thread_id, id FROM message WHERE sender_id = ? ORDER BY sent DESC LIMIT 1"
        thread, message = conn.exec_driver_sql(letter, (DANIEL,)).one()
        put_draft(conn, str(UUID(int=1)), DANIEL, DANIEL, DraftText(subject="Knee", body="It began."), now=0)
        add_folder(conn, "folder-1", DANIEL, DANIEL, "School")
        file = {"id": str(UUID(int=2)), "owner_id": DANIEL, "patient_id": DANIEL, "message_id": message}
        file |= {"name": "list.txt", "content_type": "text/plain", "size": 5, "sha256": "0" * 64, "uploaded": 0}
        keep_attachment(conn, file, b"words")
        report = "SELECT id FROM resource WHERE type = 'DiagnosticReport' AND patient_id = ? ORDER BY at DESC LIMIT 1"
        entry = conn.exec_driver_sql(report, (DANIEL,)).scalar_one()
        add_correction(conn, thread, DANIEL, DANIEL, f"DiagnosticReport/{entry}", now=0)
        settle_correction(conn, thread, "clarified", "The laboratory looked again.", now=0)


@contextmanager
def _hostile(clean_world: Path, attack: Attack) -> Iterator[Server]:
    """A mock process with the attack in every text field."""
    file = clean_world.with_name("hostile.db")
    file.write_bytes(clean_world.read_bytes())
    assert poison(file, attack) > 10_000
    with serving("--db", f"sqlite:///{file}") as served:
        yield served


def _click(terminal: Terminal, text: str) -> None:
    """Clicks where `text` stands, if it stands anywhere."""
    for row, line in enumerate(terminal.lines, start=1):
        if (column := line.find(text)) >= 0:
            terminal.type(f"\x1b[<0;{column + 2};{row}M\x1b[<0;{column + 2};{row}m")


@pytest.mark.parametrize("attack", all_at_once_then(WORLDS))
def test_no_screen_lets_it_through(start: Start, clean_world: Path, attack: Attack) -> None:
    with _hostile(clean_world, attack) as server:
        _check_every_screen(start, server, attack)


def _check_every_screen(start: Start, server: Server, attack: Attack) -> None:
    app = start(PROGRAM, "--server", server.url, columns=120, rows=40, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
    enter_as(app, SPONSOR, "New since")
    harmless, shown = plain(attack.payload)[:6], False
    for keys in WALK:
        for key in keys:
            app.press(key)
            app.settle(0.06)
            shown = shown or harmless in app.text
        if app.code is not None:
            app.settle(1.0)
        assert app.code is None, f"the app ended at {keys}:\n{app.text}"
        assert attack.found(bytes(app.output)) == [], f"at {keys}"
    assert shown, "the walk never came to a screen with the attack on it"
    for markup in ("@click", "[link="):
        if markup in attack.payload:
            _click(app, markup)
    app.settle(0.2)
    assert app.code is None
    app.press("ctrl+q")
    assert app.wait(30) == 0, app.text
    assert left_wrong(app) == []
    assert attack.found(bytes(app.output)) == []


COMMANDS = (
    ("whoami",),
    ("whoami", "--json"),
    ("family",),
    ("family", "--json"),
    ("results",),
    ("results", "--json"),
    ("results", "--csv"),
    ("inbox", "list"),
    ("inbox", "list", "--json"),
    ("inbox", "read", "thread-12742301-1"),
    ("inbox", "read", "thread-12742301-1", "--json"),
    ("inbox", "search", "knee"),
    ("inbox", "list", "--folder", "drafts"),
    ("inbox", "list", "--folder", "drafts", "--json"),
    ("appointments",),
    ("appointments", "--json"),
    ("refills", "list"),
    ("refills", "list", "--json"),
    ("refills", "pharmacies"),
    ("record",),
    ("record", "--json"),
    *(("record", section, *more) for section in ("medications", "conditions", "visits") for more in ((), ("--json",))),
)


def test_no_command_lets_it_through(clean_world: Path, home: Path) -> None:
    attack = together(ATTACKS)
    with _hostile(clean_world, attack) as server:
        _check_every_command(server, home, attack)


def _check_every_command(hostile: Server, home: Path, attack: Attack) -> None:
    passphrase = home.with_name("passphrase")
    passphrase.touch(mode=0o600)
    passphrase.write_text("only for these tests")
    keys = {"GENESIS_TUI_MOCK_TOKEN": hostile.tester_token, "GENESIS_TUI_PASSPHRASE_FILE": str(passphrase)}
    asked = ("--server", hostile.url)
    sign_in = (*asked, "login", "--username", "daniel.reyes", "--password-stdin")
    tested = (("mock", "personas", "--url", hostile.url, *more) for more in ((), ("--json",)))
    for command in (sign_in, *((*asked, *command) for command in COMMANDS), *tested):
        typed = "Walnut-Harbor-2041-Daniel\n" if command is sign_in else ""
        code, output = called_on_terminal(command, environment(home, **keys), typed=typed)
        assert code == 0, f"{command}:\n{output.decode()}"
        assert len(output) > 20
        assert attack.found(output) == [], command


PASTED = [attack for attack in ATTACKS if attack.never]


SIGN_IN = (("3", "Password", 2), ("f", "User name", 1), ("r", "DoD ID", 4))
"""Key of a form before sign-in, words on it, how many fields it has."""


def test_no_field_lets_pasted_text_through(start: Start, server: Server) -> None:
    """Those of the sign-in, of a search, of the family, of the commands and of a message."""
    app = start(PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
    _paste_before_sign_in(app)
    enter_as(app, SPONSOR, "New since")
    for keys in (("2", "/"), ("f", "/"), ("ctrl+p",)):
        for key in keys:
            app.press(key)
            app.settle(0.2)
        _paste_everything(app)
        app.press("escape")
        app.settle(0.2)
        app.press("escape")
        app.settle(0.2)
    _paste_into_a_message(app)
    app.press("escape", "escape", "escape")
    app.settle(0.3)
    app.press("ctrl+q")
    assert app.wait() == 0
    _nothing_came_through(app)


def _paste_before_sign_in(app: Terminal) -> None:
    for key, words, fields in SIGN_IN:
        choose_a_person(app).press(key)
        app.expect(words)
        for _ in range(fields):
            _paste_everything(app)
            app.press("tab")
        app.press("shift+tab")
        app.press("enter")
        app.settle(0.5)
        _nothing_came_through(app)
        app.press("escape")
        app.settle(0.2)


def _paste_into_a_message(app: Terminal) -> None:
    app.press("3")
    app.expect("Drafts  Trash", "Blood pressure")
    app.press("n")
    app.expect("Not for emergencies", "Dr. Anna Okafor")
    for _ in range(4):
        _paste_everything(app)
        app.press("tab")
    app.settle(0.7)
    for key in ("ctrl+r", "ctrl+o"):
        app.press(key)
        app.settle(0.3)
    _paste_everything(app)


def _paste_everything(app: Terminal) -> None:
    app.paste(EVERYTHING)
    app.settle(0.3)
    assert app.code is None, app.text
    _nothing_came_through(app)


def _nothing_came_through(app: Terminal) -> None:
    assert [attack.name for attack in PASTED if attack.found(bytes(app.output))] == [], app.text
