"""`family accept`, `refuse` and `ask`: access that waits for an answer, and access that is asked for (FAM-12)."""

import json
import subprocess

import pytest

from genesis_tui.cli.base.diagnostics import EXIT_REFUSED
from tests.cli.conftest import Run, command, log_in

DERRICK = ("derrick.young", "Anchor-Persimmon-5093-Derrick")


@pytest.fixture(scope="module")
def derrick(served: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs commands as Derrick, for whom an offer of his wife's waits."""
    home = tmp_path_factory.mktemp("derrick") / "home"

    def run(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return command(home, "--server", served["url"], *words, **more)

    assert log_in(run, *DERRICK).returncode == 0
    return run


@pytest.mark.rule("FAM-5", "FAM-12")
def test_access_that_waits_is_told_and_accepted_from_the_command_line(derrick: Run) -> None:
    told = json.loads(derrick("family", "--json").stdout)
    [offer] = [one for one in told["grants"] if one["state"] == "waiting"]
    assert (offer["giver"], offer["receiver"], told["requests"]) == ("minji.young", "derrick.young", [])
    shown = derrick("family")
    assert f"minji.young offers you full access (no end): genesis-tui family accept {offer['id']}" in shown.stderr
    no = derrick("family", "accept", offer["id"], stdin="n\n")
    assert (no.returncode != 0, "Accept full access to minji.young's record (no end)?" in no.stderr) == (True, True)
    yes = derrick("family", "accept", offer["id"], stdin="y\n")
    assert (yes.returncode, "minji.young's record is open to you." in yes.stderr) == (0, True)
    people = json.loads(derrick("family", "--json").stdout)["people"]
    assert [(one["name"], one["access"]) for one in people][1] == ("Min-ji Young", "full")
    again = derrick("family", "refuse", offer["id"], stdin="y\n")
    assert (again.returncode, "No access of this id waits for your answer." in again.stderr) == (EXIT_REFUSED, True)


@pytest.mark.rule("FAM-12")
@pytest.mark.parametrize("name", ["carol.nguyen", "nobody.at.all"])
def test_asking_is_answered_alike_for_everybody(derrick: Run, name: str) -> None:
    asked = derrick("family", "ask", name, "--limited", stdin="y\n")
    assert asked.returncode == 0
    assert f"Ask {name} for limited access to their record?" in asked.stderr
    assert asked.stderr.endswith(f"{name} is asked, if anybody has that user name.\n")
