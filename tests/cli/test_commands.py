"""The command line as scripts use it: what it prints, where, and with which exit code."""

import csv
import io
import json
import shutil
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import DANIEL, Run, command, log_in

ELENA = ("elena.reyes", "Saffron-Meadow-7719-Elena")
ESCAPES = {chr(c) for c in (*range(0x20), *range(0x7F, 0xA0))} - {"\n"}


def loaded(run: Run, *arguments: str) -> Any:
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.rule("HOST-2")
def test_login_shows_the_host_first_and_keeps_the_sign_in(run_process: Run, home: Path) -> None:
    done = log_in(run_process, *DANIEL)
    assert done.returncode == 0
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0].startswith("MOCK  127.0.0.1:")
    assert "✓ loopback address: nothing leaves this computer" in lines
    assert lines[-2] == "✓ Signed in as Daniel Reyes · DS Logon · Premium"
    assert lines[-1] == "✓ Kept in a file that your passphrase opens"
    kept = list(home.rglob("*.sealed"))
    assert len(kept) == 1
    assert [p for p in home.rglob("*") if p.is_file() and b"access" in p.read_bytes()] == []
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(kept[0].parent.stat().st_mode) == 0o700


def test_whoami_says_who_how_and_until_when(daniel: Run) -> None:
    me = loaded(daniel, "whoami", "--json")
    assert (me["name"], me["method"], me["level"], me["role"]) == ("Daniel Reyes", "DS Logon", "Premium", "patient")
    assert me["server"]["trust"] == "MOCK"
    assert "Daniel Reyes" in daniel("whoami").stdout


def test_logout_ends_it_here_and_there(run_process: Run, home: Path, tmp_path: Path) -> None:
    assert log_in(run_process, *DANIEL).returncode == 0
    shutil.copytree(home, tmp_path / "copy")
    assert run_process("logout").returncode == 0
    assert list(home.rglob("*.sealed")) == []
    shutil.rmtree(home)
    (tmp_path / "copy").rename(home)
    after = run_process("whoami")
    assert (after.returncode, after.stdout) == (diagnostics.EXIT_SIGNED_OUT, "")
    assert "genesis-tui login" in after.stderr


def test_forgetting_needs_no_server(daniel: Run, home: Path, served: dict[str, str]) -> None:
    assert daniel("logout", "--forget").returncode == 0
    assert list(home.rglob("*.sealed")) == []


@pytest.mark.parametrize("arguments", [("whoami",), ("family",), ("results",)])
def test_nobody_signed_in_is_an_exit_code_of_its_own(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "--json")
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_SIGNED_OUT, "")
    error = json.loads(done.stderr)["error"]
    assert (error["kind"], error["exit"]) == ("SignedOut", diagnostics.EXIT_SIGNED_OUT)
    assert error["next"]


def test_family_lists_people_and_grants(daniel: Run) -> None:
    tree = loaded(daniel, "family", "--json")
    first, *others = tree["people"]
    assert (first["relation"], first["access"], first["number"]) == ("you", "full", 1)
    assert {p["access"] for p in others} >= {"full", "limited"}
    assert {g["receiver"] for g in tree["grants"]} == {"Daniel Reyes"}
    table = daniel("family").stdout
    assert "Maya Reyes" in table
    assert "under 12" in table


def test_results_as_json(daniel: Run) -> None:
    tree = loaded(daniel, "results", "--json")
    assert tree["patient"]["name"] == "Daniel Reyes"
    assert tree["unreadable"] == {"count": 0, "reasons": []}
    times = [r["at"] for r in tree["results"]]
    assert len(times) > 20
    first = tree["results"][0]
    assert set(first) >= {"key", "kind", "title", "at", "precision", "reviewed", "corrected", "new", "readings"}
    flagged = [x for r in tree["results"] for x in r["readings"] if x["interpretation"] == "High"]
    assert flagged
    assert isinstance(flagged[0]["number"], int | float)


def test_results_as_csv(daniel: Run) -> None:
    done = daniel("results", "--csv", "--code", "4548-4")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) >= 3
    assert {(r["patient"], r["code"], r["unit"]) for r in rows} == {("Daniel Reyes", "4548-4", "%")}
    assert all(float(r["value"]) > 3 for r in rows)


def test_results_as_a_table(daniel: Run) -> None:
    done = daniel("results")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].split() == ["Date", "New", "Kind", "Title", "Value", "Flag", "Marks"]
    assert "Lipid panel" in done.stdout
    assert "Daniel Reyes · you · full access" in done.stderr


@pytest.mark.parametrize("who", ["Maya Reyes", "maya", "6", "MAYA REYES"])
def test_results_of_somebody_else(daniel: Run, who: str) -> None:
    assert loaded(daniel, "results", "--json", "--patient", who)["patient"]["name"] == "Maya Reyes"


@pytest.mark.parametrize(
    ("who", "words", "code"),
    [
        ("son", "several people", diagnostics.EXIT_USAGE),
        ("Zaphod", "Nobody in the family", diagnostics.EXIT_NOT_FOUND),
    ],
)
def test_a_name_that_means_nobody_or_several_is_asked_again(daniel: Run, who: str, words: str, code: int) -> None:
    done = daniel("results", "--patient", who)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Leo Reyes" in done.stderr


def test_since_takes_a_year_a_month_or_a_day(daniel: Run) -> None:
    everything = loaded(daniel, "results", "--json")["results"]
    for since, first_day in (
        ("2026", date(2026, 1, 1)),
        ("2026-09", date(2026, 9, 1)),
        ("2026-09-03", date(2026, 9, 3)),
    ):
        found = loaded(daniel, "results", "--json", "--since", since)["results"]
        wanted = [r["key"] for r in everything if date.fromisoformat(r["at"][:10]) >= first_day]
        assert [r["key"] for r in found] == wanted
    assert daniel("results", "--since", "yesterday").returncode == diagnostics.EXIT_USAGE


@pytest.mark.rule("FAM-3")
def test_a_refusal_prints_rule_next_step_and_request(daniel: Run) -> None:
    done = daniel("results", "--patient", "Leo")
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_REFUSED, "")
    assert "Rule FAM-3 · request " in done.stderr
    error = json.loads(daniel("results", "--patient", "Leo", "--json").stderr)["error"]
    assert (error["rule"], error["reason"]) == ("FAM-3", "restricted-teen")
    assert error["title"]
    assert error["next"]
    assert error["request_id"]


@pytest.mark.rule("FAM-6")
def test_a_record_without_access_is_refused(run: Run) -> None:
    assert log_in(run, *ELENA).returncode == 0
    done = run("results", "--patient", "Daniel")
    assert done.returncode == diagnostics.EXIT_REFUSED
    assert "Rule FAM-6" in done.stderr


@pytest.mark.rule("LOCK-3")
def test_a_wrong_password_says_how_many_tries_are_left(run: Run) -> None:
    done = log_in(run, "kenji.cole", "canary-password", "--json")
    assert done.returncode == diagnostics.EXIT_REFUSED
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert (error["kind"], error["tries_left"], error["offer_reset"]) == ("SignInRefused", 4, False)
    assert "canary" not in done.stderr + done.stdout
    assert "Tries left: 3" in log_in(run, "kenji.cole", "wrong").stderr


@pytest.mark.rule("DEERS-3")
def test_a_mismatch_names_the_fields(run: Run) -> None:
    done = log_in(run, "ana.costa", "Bamboo-Signal-2750-Ana")
    assert done.returncode == diagnostics.EXIT_REFUSED
    assert "Differs from DEERS: " in done.stderr
    assert "ID card office" in done.stderr


def test_without_a_terminal_nothing_is_asked(run: Run) -> None:
    done = run("login", "--username", "daniel.reyes")
    assert done.returncode == diagnostics.EXIT_USAGE
    assert "--password-stdin" in done.stderr
    assert run("login").returncode == diagnostics.EXIT_USAGE
    assert run("login", "--username", "x", "--password-stdin").returncode == diagnostics.EXIT_USAGE


@pytest.mark.rule("HOST-1")
def test_a_hostile_address_is_an_exit_code_of_its_own(home: Path) -> None:
    done = command(home, "--server", "https://health.mil.example.com", "login", "--username", "x", "--password-stdin")
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_HOST, "")
    assert "Rule HOST-1" in done.stderr


def test_nobody_there_is_an_exit_code_of_its_own(home: Path) -> None:
    done = command(home, "--server", "http://127.0.0.1:9", "login", "--username", "x", "--password-stdin", stdin="y\n")
    assert done.returncode == diagnostics.EXIT_UNREACHABLE
    assert done.stderr.splitlines()[0] == "The server can't be reached."


def test_a_sign_in_that_others_could_read_is_not_used(daniel: Run, home: Path) -> None:
    (file,) = home.rglob("*.sealed")
    file.chmod(0o644)
    done = daniel("whoami")
    assert done.returncode == diagnostics.EXIT_FAILED
    assert "chmod 600" in done.stderr
    assert daniel("logout", "--forget").returncode == 0
    assert daniel("whoami").returncode == diagnostics.EXIT_SIGNED_OUT


def test_bad_settings_name_the_file_and_the_line(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "settings.toml"
    bad.write_text('theme = "dark"\nascii = maybe\n')
    done = command(home, "whoami", GENESIS_TUI_CONFIG=str(bad))
    assert done.returncode == diagnostics.EXIT_USAGE
    assert f"{bad}:2" in done.stderr


def test_nothing_that_could_move_a_cursor_is_printed(daniel: Run) -> None:
    for arguments in (("results",), ("results", "--csv"), ("results", "--json"), ("family",), ("whoami",)):
        done = daniel(*arguments)
        assert not ESCAPES & set(done.stdout + done.stderr)


@pytest.mark.parametrize("where", ["before", "after"])
def test_private_holds_for_commands_too_and_says_so(run_process: Run, daniel: Run, where: str) -> None:
    def privately(*arguments: str) -> tuple[int, str]:
        typed = ("--private", *arguments) if where == "before" else (*arguments, "--private")
        done = daniel(*typed)
        assert done.stdout == ""
        return done.returncode, done.stderr

    code, told = privately("login", "--username", DANIEL[0])
    assert code == diagnostics.EXIT_USAGE
    assert "would end with this command" in told
    assert "genesis-tui --private" in told
    for words in (("whoami",), ("results", "--json"), ("inbox", "list")):
        code, told = privately(*words)
        assert code == diagnostics.EXIT_SIGNED_OUT
        assert "--private no saved sign-in is read" in told
    assert privately("logout")[0] == diagnostics.EXIT_USAGE
    assert loaded(daniel, "whoami", "--json")["name"] == "Daniel Reyes"


@pytest.mark.rule("SESS-5")
def test_without_a_keyring_the_passphrase_file_holds_the_key_of_the_copy(daniel: Run, home: Path) -> None:
    """The tests have no keyring, and a file that a passphrase opens."""
    on = daniel("offline", "on", "--passphrase-stdin", stdin="only for reading on the train\n")
    assert (on.returncode, "Offline reading is on" in on.stderr) == (0, True)
    filled = daniel("offline", "fill")
    assert (filled.returncode, "✓ Daniel Reyes" in filled.stderr) == (0, True)
    assert loaded(daniel, "offline", "status", "--json")["on"]
    assert "offline" not in daniel("logout").stderr
    assert [file for file in home.rglob("*.db") if file.stat().st_size > 10_000]
