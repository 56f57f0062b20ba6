"""Sign-ins for scripts from the command line: agreed to, good for counts alone or for reading, ended (SESS-4)."""

import json
import shutil
from pathlib import Path

import pytest

from .conftest import DANIEL, Run, log_in

pytestmark = pytest.mark.rule("SESS-4")
NADIA = ("nadia.haddad", "Pepper-Avenue-9035-Nadia")


def test_counts_alone_tell_whether_anything_is_new(run: Run) -> None:
    agreed = log_in(run, *DANIEL, "--offline", "--yes")
    assert agreed.returncode == 0, agreed.stderr
    assert "90 days" in agreed.stderr
    assert "nothing else" in agreed.stderr
    new = run("check")
    assert new.returncode == 10, new.stderr
    assert "new result" in new.stdout
    found = run("check", "--json")
    assert found.returncode == 10
    assert json.loads(found.stdout)["results"] > 0
    assert "Reyes" not in new.stdout + found.stdout
    closed = run("results", "--json")
    assert closed.returncode == 3
    assert json.loads(closed.stderr)["error"]["rule"] == "SESS-4"


def test_reading_reads_until_it_is_ended(run: Run) -> None:
    assert log_in(run, *DANIEL, "--offline=reading", "--yes").returncode == 0
    who = run("whoami", "--json")
    assert json.loads(who.stdout)["for_scripts"] is True
    assert run("results", "--json").returncode == 0
    alone = run("logout", "--scripts")
    assert (alone.returncode, "genesis-tui logout" in alone.stderr) == (4, True)
    ended = run("logout")
    assert ended.returncode == 0, ended.stderr
    assert run("results").returncode == 4


def test_nothing_is_kept_that_was_not_agreed_to(run: Run) -> None:
    asked = log_in(run, *DANIEL, "--offline")
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert run("whoami").returncode == 4


def test_check_goes_with_a_persons_own_sign_in(daniel: Run) -> None:
    assert daniel("check").returncode == 10


def test_the_persons_own_sign_in_ends_them_all_and_goes_on(run: Run) -> None:
    assert log_in(run, *DANIEL, "--offline", "--yes").returncode == 0
    assert log_in(run, *DANIEL).returncode == 0
    ended = run("logout", "--scripts")
    assert ended.returncode == 0, ended.stderr
    assert "Ended" in ended.stderr
    assert run("check").returncode == 10
    assert run("logout").returncode == 0
    assert run("check").returncode == 4


def test_signing_out_leaves_scripts_alone(run: Run) -> None:
    assert log_in(run, *DANIEL, "--offline", "--yes").returncode == 0
    assert log_in(run, *DANIEL).returncode == 0
    assert run("logout").returncode == 0
    assert run("check").returncode == 10


def test_the_one_for_scripts_is_used_by_itself_when_the_persons_own_has_ended(run: Run, home: Path) -> None:
    """Within the same command: the person's own is still kept here, and has ended on the server."""
    assert log_in(run, *DANIEL, "--offline", "--yes").returncode == 0
    assert log_in(run, *DANIEL).returncode == 0
    kept = shutil.copytree(home, home.with_name("kept"))
    assert run("logout").returncode == 0
    shutil.copytree(kept, home, dirs_exist_ok=True)
    new = run("check")
    assert (new.returncode, "new result" in new.stdout) == (10, True), new.stderr
    assert json.loads(run("whoami", "--json").stdout)["for_scripts"] is True
    kept = shutil.copytree(home, home.with_name("again"))
    assert run("logout").returncode == 0
    shutil.copytree(kept, home, dirs_exist_ok=True)
    assert run("check").returncode == 4


def test_check_says_zero_where_nothing_is_new(run: Run) -> None:
    assert log_in(run, *NADIA).returncode == 0
    done = run("check")
    assert (done.returncode, done.stdout) == (0, "0 new results, 0 unread messages\n"), done.stderr
