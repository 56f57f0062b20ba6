"""`family accept`, `refuse` and `ask`: access that waits for an answer, and access that is asked for (FAM-12)."""

import json
import subprocess

import pytest

from genesis_tui.cli.base.diagnostics import EXIT_NOT_FOUND, EXIT_USAGE
from tests.cli.conftest import Run, command, log_in

DERRICK = ("derrick.young", "Anchor-Persimmon-5093-Derrick")
CAROL = ("carol.nguyen", "Harvest-Pavilion-3921-Carol")


@pytest.fixture(scope="module")
def derrick(served: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs commands as Derrick, for whom an offer of his wife's waits."""
    return _of(served, tmp_path_factory, *DERRICK)


@pytest.fixture(scope="module")
def carol(served: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs commands as Carol, an adult of another family."""
    return _of(served, tmp_path_factory, *CAROL)


def _of(served: dict[str, str], places: pytest.TempPathFactory, name: str, password: str) -> Run:
    home = places.mktemp(name) / "home"

    def run(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return command(home, "--server", served["url"], *words, **more)

    assert log_in(run, name, password).returncode == 0
    return run


@pytest.mark.rule("FAM-5", "FAM-12")
def test_access_that_waits_is_told_and_accepted_from_the_command_line(derrick: Run) -> None:
    told = json.loads(derrick("family", "--json").stdout)
    [offer] = [one for one in told["grants"] if one["state"] == "waiting"]
    assert (offer["giver"], offer["receiver"], told["requests"]) == ("minji.young", "derrick.young", [])
    shown = derrick("family")
    assert f"minji.young offers you full access (no end): genesis-tui family accept {offer['id']}" in shown.stderr
    assert [derrick("family", form).stderr for form in ("--csv", "--json")] == [shown.stderr, ""]
    no = derrick("family", "accept", offer["id"])
    assert (no.returncode, "agree with --yes" in no.stderr) == (EXIT_USAGE, True)
    yes = derrick("family", "accept", offer["id"], "--yes")
    assert (yes.returncode, "minji.young's record is open to you." in yes.stderr) == (0, True)
    people = json.loads(derrick("family", "--json").stdout)["people"]
    assert [(one["name"], one["access"]) for one in people][1] == ("Min-ji Young", "full")
    again = derrick("family", "refuse", offer["id"], "--yes")
    assert (again.returncode, "No offer with this id waits for your answer." in again.stderr) == (EXIT_NOT_FOUND, True)


@pytest.mark.rule("FAM-12")
@pytest.mark.parametrize("name", ["carol.nguyen", "nobody.at.all"])
def test_asking_is_answered_alike_for_everybody(derrick: Run, name: str) -> None:
    asked = derrick("family", "ask", name, "--limited", "--yes")
    assert asked.returncode == 0
    assert asked.stderr.endswith(f"If the user name {name} exists, its owner has been asked.\n")


@pytest.mark.rule("FAM-5", "FAM-12")
def test_access_is_given_to_who_asks_and_ended_from_the_command_line(derrick: Run, carol: Run) -> None:
    assert carol("family", "ask", "derrick.young", "--yes").returncode == 0
    shown = derrick("family").stderr
    assert "carol.nguyen asks for full access to your record: genesis-tui family give carol.nguyen" in shown
    refused = derrick("family", "refuse", "Carol.Nguyen", "--yes")
    assert (refused.returncode, refused.stderr) == (0, "carol.nguyen gets no access.\n")
    given = derrick("family", "give", "carol.nguyen", "--limited", "--until", "2027-06-30", "--yes")
    assert given.returncode == 0, given.stderr
    [offer] = [one for one in json.loads(carol("family", "--json").stdout)["grants"] if one["state"] == "waiting"]
    assert (given.stdout, offer["scope"], offer["until"]) == (f"{offer['id']}\n", "limited", "2027-06-30")
    assert json.loads(derrick("family", "--json").stdout)["requests"] == []
    ended = derrick("family", "end", offer["id"], "--yes")
    assert (ended.returncode, ended.stderr) == (0, "carol.nguyen no longer has access.\n")
    assert derrick("family", "end", offer["id"], "--yes").returncode == EXIT_NOT_FOUND


@pytest.mark.rule("AUD-1")
def test_a_log_is_told_to_people_and_to_programs(carol: Run) -> None:
    shown = carol("family", "log", "--kind", "mine")
    assert (shown.returncode, "Carol Nguyen" in shown.stderr) == (0, True)
    assert shown.stdout.splitlines()[0].split() == ["When", "Who", "What", "Why"]
    assert "you  signed in" in shown.stdout
    told = json.loads(carol("family", "log", "--kind", "mine", "--json").stdout)
    assert (told["patient"]["name"], told["kind"], told["days"]) == ("Carol Nguyen", "mine", 90)
    assert {"did": "signed in", "outcome": "allowed", "mine": True}.items() <= told["events"][-1].items()
    none = carol("family", "log", "--kind", "refused")
    assert (none.stdout, "Nothing in 90 days." in none.stderr) == ("", True)


@pytest.mark.rule("AUD-1", "FAM-3")
def test_a_log_that_is_not_open_is_refused_with_the_rule(daniel: Run) -> None:
    refused = daniel("family", "log", "--patient", "Leo")
    assert (refused.returncode, refused.stdout, "FAM-3" in refused.stderr) == (3, "", True)
