"""`refills list` as scripts use it."""

import pytest

from tests.cli.conftest import Run
from tests.cli.test_commands import loaded
from tests.cli.written import served

__all__ = ["served"]


def test_json_tells_what_can_be_done(daniel: Run) -> None:
    tree = loaded(daniel, "refills", "list", "--json")
    assert (tree["patient"]["name"], tree["unreadable"]["count"]) == ("Daniel Reyes", 0)
    rows = tree["prescriptions"]
    assert [row["group"] for row in rows] == ["refill"] * 2 + ["renew"] + ["not-now"] * 7 + ["elsewhere"]
    ready = next(row for row in rows if row["drug"].startswith("Levothyroxine"))
    assert ready["words"].startswith("ready since ")
    assert [stage["stage"] for stage in ready["requests"][0]["stages"]] == ["requested", "in-process", "ready"]
    assert (ready["left"], ready["repeats"], ready["requests"][0]["point"]) == (1, 3, "Locker 2")
    assert {can["action"] for can in ready["can"]} == {"prescription.refill", "prescription.renew"}
    soon = next(row for row in rows if row["drug"].startswith("Cetirizine"))
    assert (soon["can"][0]["reason"], soon["from"]) == ("too-soon", soon["can"][0]["from"])
    assert rows[-1]["left"] is None


def test_a_table_says_it_in_words_and_names_the_patient_on_stderr(daniel: Run) -> None:
    done = daniel("refills", "list", "--patient", "Maya")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("Maya Reyes · daughter · full access")
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("Albuterol")]
    assert "renewal asked" in row
    assert "with Dr. Kim" in row


@pytest.mark.rule("FAM-3")
def test_a_teenager_s_are_refused_with_the_rule(daniel: Run) -> None:
    done = daniel("refills", "list", "--patient", "Leo")
    assert (done.returncode, done.stdout) == (3, "")
    assert "FAM-3" in done.stderr


def test_somebody_unknown_is_no_patient(daniel: Run) -> None:
    assert daniel("refills", "list", "--patient", "Nobody").returncode == 7


@pytest.mark.rule("FAM-3", "RX-6")
def test_a_family_s_name_whose_each_is_and_whose_are_not_open(daniel: Run) -> None:
    tree = loaded(daniel, "refills", "list", "--family", "--json")
    names = [row["patient"]["name"] for row in tree["prescriptions"]]
    assert {"Daniel Reyes", "Maya Reyes"} <= {*names}
    closed = {one["patient"]["name"]: one["rule"] for one in tree["not_read"]}
    assert closed["Leo Reyes"] == "FAM-3"
    assert daniel("refills", "list", "--family", "--patient", "maya").returncode == 2
    table = daniel("refills", "list", "--family")
    assert [line.split()[0] for line in table.stdout.splitlines()[:2]] == ["Patient", "Daniel"]
    assert "Leo Reyes: " in table.stderr
    requests = loaded(daniel, "refills", "track", "--family", "--json")["requests"]
    asked = [row["asked"] for row in requests]
    assert len({row["patient"]["name"] for row in requests}) > 1
    ready = next(row for row in requests if row["stage"] == "ready")
    assert (ready["where"], ready["stages"][-1]["stage"]) == ("Locker 2, Exchange lobby", "ready")
    assert len(asked) > 2
    [one] = loaded(daniel, "refills", "track", "levothyroxine", "--json")["requests"]
    assert one["id"] == ready["id"]
    assert ready["id"] in daniel("refills", "track").stdout


@pytest.mark.rule("RX-5")
def test_pharmacies_say_what_they_do_not_hand_out(daniel: Run) -> None:
    points = {one["name"]: one for one in loaded(daniel, "refills", "pharmacies", "--json")["pharmacies"]}
    assert points["Locker 2"]["refuses"] == ["controlled", "refrigerated"]
    assert points["Naples Pharmacy"]["tracks"] is False
    done = daniel("refills", "pharmacies")
    assert done.returncode == 0, done.stderr
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("Locker 2")]
    assert "Exchange lobby" in row
    assert "controlled, refrigerated" in row
