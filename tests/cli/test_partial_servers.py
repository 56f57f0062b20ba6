"""Commands against servers that refuse a type, or whose pages stop halfway: what came is printed, the rest is named."""

import json
from pathlib import Path

import pytest

from tests.case_servers import case_file, running
from tests.cli.conftest import command
from tests.cli.test_schemas import fits

pytestmark = pytest.mark.rule("REC-8")


def test_a_refused_type_leaves_the_others(home: Path) -> None:
    with running("serve.py", case_file("refused-type.json"), "refuse=DocumentReference") as base:
        done = command(home, "--server", base, "results", "--patient", "Tamsin")
        assert [line.split()[4] for line in done.stdout.splitlines()[1:]] == ["Lab"] * 3
        assert "Clinical notes: not to be had. Insufficient scope." in done.stderr
        assert done.returncode == 0
        tree = json.loads(command(home, "--server", base, "results", "--patient", "p1", "--json").stdout)
        (missing,) = tree["missing"]
        assert (missing["type"], missing["why"], missing["partly"]) == (
            "DocumentReference",
            "Insufficient scope.",
            False,
        )
        assert len(tree["results"]) == 3
        ledger = command(home, "--server", base, "record", "ledger", "--patient", "p1").stdout
        assert "Insufficient scope" in ledger


def test_pages_that_stop_halfway_leave_what_came(home: Path) -> None:
    with running("serve.py", case_file("names.json"), "page=2", "next=https") as base:
        people = command(home, "--server", base, "family")
        assert "Vera Newname" in people.stdout
        assert "The list of patients ends here" in people.stderr
        assert fits("patients", command(home, "--server", base, "family", "--json").stdout)["ends"]
        assert fits("whoami", command(home, "--server", base, "whoami", "--json").stdout)["method_code"] == "open"
        assert (
            "No results of Vera Newname match."
            in command(home, "--server", base, "results", "--patient", "oldname").stderr
        )
        assert (
            "The list of patients ends here" in command(home, "--server", base, "results", "--patient", "Nunez").stderr
        )
    with running("serve.py", case_file("refused-type.json"), "page=2", "next=https") as base:
        tree = json.loads(command(home, "--server", base, "results", "--patient", "p1", "--json").stdout)
        assert [one["title"] for one in tree["results"]] == ["Lab 1", "Lab 0", "Note"]
        (missing,) = tree["missing"]
        assert (missing["type"], missing["partly"], missing["rule"]) == ("Observation", True, "HOST-1")
        assert "leads to another place" in missing["why"]
        ledger = json.loads(command(home, "--server", base, "record", "ledger", "--patient", "p1", "--json").stdout)
        (line,) = [one for one in ledger["types"] if one["type"] == "Observation"]
        assert (line["counted"], line["given"], line["shown"]) == (3, 2, 2)


def test_accents_count_for_nothing_where_a_patient_is_named(home: Path) -> None:
    with running("serve.py", case_file("names.json")) as base:
        assert "José Núñez" in command(home, "--server", base, "results", "--patient", "Nunez").stderr
        several = command(home, "--server", base, "results", "--patient", "jon mallow").stderr
        assert "Jon Mallow Jr." in several
        assert "Jon Mallow Sr." in several


def test_a_section_that_fails_leaves_the_others(home: Path) -> None:
    with running(
        "serve.py", case_file("refused-type.json"), "refuse=Condition,DocumentReference", "refusest=500"
    ) as base:
        done = command(home, "--server", base, "record", "--patient", "p1", "--json")
        assert done.returncode == 0
        found = {one["id"]: one for one in json.loads(done.stdout)["sections"]}
        assert found["labs"]["count"] == 3
        assert (found["conditions"]["count"], found["conditions"]["closed"]["title"]) == (None, "Insufficient scope")
        assert found["notes"]["missing"][0]["why"] == "Insufficient scope."
        table = command(home, "--server", base, "record", "--patient", "p1").stdout
        assert "not to be had" in table
