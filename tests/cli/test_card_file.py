"""`login --card-file`: a file that is named is the card, whatever else could sign in (ID-2, ID-3)."""

import json
from pathlib import Path

import pytest

from .conftest import Run

NADIA = ("nadia.haddad", "Pepper-Avenue-9035-Nadia")


def made(run: Run, served: dict[str, str], path: Path, *options: str) -> Path:
    """A test card in a file."""
    where = ("--url", served["url"], "--token", served["tester_token"])
    done = run("mock", "card", *where, "--out", str(path), *options)
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.rule("ID-2", "ID-3")
def test_a_file_is_the_card_without_a_method(run: Run, served: dict[str, str], tmp_path: Path) -> None:
    cac = made(run, served, tmp_path / "cac.pem", "--for", "daniel.reyes")
    done = run("login", "--card-file", str(cac))
    assert (done.returncode, "CAC" in done.stderr) == (0, True), done.stderr
    assert json.loads(run("whoami", "--json").stdout)["method"] == "CAC"


@pytest.mark.rule("ID-3")
def test_a_piv_in_a_file_is_known_by_its_certificate(run: Run, served: dict[str, str], tmp_path: Path) -> None:
    piv = made(run, served, tmp_path / "piv.pem", "--for", NADIA[0], "--piv")
    cac = run("login", "--card-file", str(piv), "--method", "cac")
    assert (cac.returncode, "PIV" in cac.stderr) == (3, True), cac.stderr
    typed = ("--username", NADIA[0], "--password-stdin")
    first = run("login", "--card-file", str(piv), *typed, stdin=NADIA[1] + "\n")
    assert (first.returncode, "Register it now" in first.stderr) == (0, True), first.stderr
    assert run("login", "--card-file", str(piv)).returncode == 0
    assert json.loads(run("whoami", "--json").stdout)["method"] == "PIV"


def test_a_file_that_others_can_read_is_told(run: Run, served: dict[str, str], tmp_path: Path) -> None:
    cac = made(run, served, tmp_path / "cac.pem", "--for", "daniel.reyes")
    cac.chmod(0o644)
    done = run("login", "--card-file", str(cac))
    assert (done.returncode != 0, "chmod 600" in done.stderr) == (True, True)
