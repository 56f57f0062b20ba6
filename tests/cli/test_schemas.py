"""Every JSON document that a command prints is as `genesis-tui schema` says, and has a schema there."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import jsonschema_rs
import pytest

from genesis_tui.cli.base import diagnostics
from genesis_tui.cli.help.schema import DOCUMENTS
from genesis_tui.cli.main import cli
from tests.cli.conftest import Run
from tests.cli.written import HELLO, PDF, served

__all__ = ["served"]
SAYS_NO_DOCUMENT = {"login"}
"""Its `--json` is for errors alone."""
READ = {
    "whoami": ("whoami",),
    "family": ("family",),
    "results": ("results", "--patient", "maya"),
    "record-list": ("record",),
    "record-section": ("record", "medications"),
    "record-ledger": ("record", "ledger"),
    "inbox-list": ("inbox", "list"),
    "drafts": ("inbox", "list", "--folder", "drafts"),
    "outbox": ("inbox", "outbox"),
    "appointments": ("appointments",),
    "refills": ("refills", "list"),
    "refills-family": ("refills", "list", "--family"),
    "refills-track": ("refills", "track", "--family"),
    "pharmacies": ("refills", "pharmacies"),
    "offline-status": ("offline", "status"),
    "personas": ("mock", "personas"),
}


def fits(name: str, text: str) -> Any:
    """The document, once it was held against its schema."""
    schema, document = json.loads(_printed(name)), json.loads(text)
    jsonschema_rs.meta.validate(schema)
    errors = jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(document)
    assert [f"{error.instance_path}: {error.message}" for error in errors] == []
    return document


def _printed(name: str) -> str:
    from genesis_tui.cli.help.json_schema import schema_of

    return json.dumps(schema_of(DOCUMENTS[name].kind))


@pytest.mark.parametrize("name", READ)
def test_what_is_read_fits_its_schema(daniel: Run, name: str) -> None:
    fits(name, daniel(*READ[name], "--json").stdout)


def test_one_entry_and_one_thread_fit(daniel: Run) -> None:
    entry = json.loads(daniel("record", "allergies", "--json").stdout)["entries"][0]["key"]
    assert fits("record-entry", daniel("record", "show", entry, "--json").stdout)["entry"]["key"] == entry
    thread = json.loads(daniel("inbox", "list", "--json").stdout)["threads"][0]["id"]
    assert fits("inbox-thread", daniel("inbox", "read", thread, "--json").stdout)["thread"]["id"] == thread
    fits("inbox-list", daniel("inbox", "search", "knee", "--json").stdout)
    assert daniel("check", "--json").returncode in (0, 10)
    fits("check", daniel("check", "--json").stdout)


def test_an_exported_file_fits(daniel: Run, tmp_path: Path) -> None:
    words = ("export", "allergies", "--as", "csv", "--to", str(tmp_path / "allergies.csv"), "--json")
    assert fits("export", daniel(*words).stdout)["section"] == "allergies"


def test_codes_stand_beside_words(daniel: Run) -> None:
    family = json.loads(daniel("family", "--json").stdout)["people"]
    assert [one["relation_code"] for one in family if one["relation"] == "you"] == ["self"]
    document = json.loads(daniel("results", "--json").stdout)
    assert document["patient"]["relation_code"] == "self"
    readings = [one for row in document["results"] for one in row["readings"] if one["interpretation"] == "High"]
    assert {one["interpretation_code"] for one in readings} == {"H"}
    assert {one["kind_code"] for one in document["results"]} >= {"lab", "note"}
    labs = json.loads(daniel("record", "labs", "--json").stdout)["entries"]
    assert ("High", "high") in {(one["flag"], one["flag_code"]) for one in labs}
    assert json.loads(daniel("whoami", "--json").stdout)["method_code"] == "ds-logon"
    states = json.loads(daniel("record", "conditions", "--json").stdout)["entries"]
    assert {(one["state"], one["status"]) for one in states} >= {("Active", "active")}


def test_instants_are_in_the_zone_beside_them(daniel: Run) -> None:
    me = json.loads(daniel("whoami", "--json").stdout)
    assert datetime.fromisoformat(me["ends"]).utcoffset() == zoned(me["ends"], me["zone"])
    for words, rows, at in ((("inbox", "list"), "threads", "at"), (("refills", "list"), "prescriptions", "last_fill")):
        document = json.loads(daniel(*words, "--json").stdout)
        told = [(one[at], document.get("zone") or one["zone"]) for one in document[rows] if one[at]]
        assert told
        assert [at for at, zone in told if datetime.fromisoformat(at).utcoffset() != zoned(at, zone)] == []


def zoned(at: str, zone: str) -> timedelta | None:
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).utcoffset()


def test_what_is_written_fits(daniel: Run, tmp_path: Path) -> None:
    (tmp_path / "log.pdf").write_bytes(PDF)
    words = ("--subject", "Log", "--to", "Okafor", "--category", "other", "--attach", str(tmp_path / "log.pdf"))
    draft = fits("draft", daniel("inbox", "draft", "save", *words, "--json").stdout)["draft"]["id"]
    fits("draft", daniel("inbox", "draft", "show", draft, "--json").stdout)
    fits("drafts", daniel("inbox", "draft", "list", "--json").stdout)
    fits("deleted", daniel("inbox", "draft", "delete", draft, "--yes", "--json").stdout)
    words = ("inbox", *HELLO, "--attach", str(tmp_path / "log.pdf"), "--yes", "--json")
    sent = fits("sent", daniel(*words, stdin="Hello.").stdout)
    thread = sent["thread"]
    saved = fits("saved", daniel("inbox", "attach-save", thread, "--to", str(tmp_path), "--json").stdout)
    assert Path(saved["saved"][0]).read_bytes() == PDF
    fits("inbox-moved", daniel("inbox", "move", thread, "--to", "Knee", "--create", "--json").stdout)
    other = json.loads(daniel("inbox", "list", "--json").stdout)["threads"][-1]["id"]
    fits("inbox-unread", daniel("inbox", "unread", other, "--json").stdout)


def test_what_testers_read_fits(served: dict[str, str], run: Run, tmp_path: Path) -> None:
    of = ("--url", served["url"], "--token", served["tester_token"], "--json")
    assert fits("personas", run("mock", "personas", *of).stdout)["personas"]
    fits("mailbox", run("mock", "mailbox", *of).stdout)
    fits("audit", run("mock", "audit", "verify", *of).stdout)
    (tmp_path / "one.json").write_text('{"resourceType": "Patient", "id": "x"}')
    fits("import", run("mock", "import", str(tmp_path / "one.json"), *of).stdout)


@pytest.mark.parametrize(
    "words", [("results", "--patient", "Zaphod"), ("results", "--since", "x"), ("inbox", "read", "none-1")]
)
def test_errors_fit(daniel: Run, words: tuple[str, ...]) -> None:
    told = daniel(*words, "--json").stderr.splitlines()[-1]
    assert fits("error", told)["version"] == 1


def test_a_refused_sign_in_fits(run: Run) -> None:
    done = run("login", "--username", "daniel.reyes", "--password-stdin", "--json", stdin="wrong\n")
    error = fits("error", done.stderr.splitlines()[-1])["error"]
    assert (error["exit"], "tries_left" in error) == (diagnostics.EXIT_REFUSED, True)


def _printing(group: click.Group, path: tuple[str, ...] = ()) -> set[str]:
    """Every command that takes --json."""
    found: set[str] = set()
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                found |= _printing(command, (*path, name))
            elif command is not None and any("--json" in param.opts for param in command.params):
                found.add(" ".join((*path, name)))
    return found


def test_every_command_that_prints_json_has_a_schema() -> None:
    assert isinstance(cli, click.Group)
    assert {name for one in DOCUMENTS.values() for name in one.commands} == _printing(cli) - SAYS_NO_DOCUMENT


def test_schema_names_all_and_prints_one(run: Run) -> None:
    assert {line.split()[0] for line in run("schema").stdout.splitlines()[1:]} == set(DOCUMENTS)
    for name in DOCUMENTS:
        jsonschema_rs.meta.validate(json.loads(run("schema", name).stdout))
    assert run("schema", "resluts").returncode == diagnostics.EXIT_NOT_FOUND
