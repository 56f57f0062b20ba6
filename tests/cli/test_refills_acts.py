"""`refills more` as scripts use it: a preview, agreement, and what became of each (RX-8, RX-11)."""

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run
from tests.cli.test_appointments_acts import fault
from tests.cli.test_commands import loaded
from tests.cli.test_schemas import fits
from tests.cli.written import served

__all__ = ["served"]


@pytest.mark.rule("RX-8", "RX-11", "RX-4", "RX-7")
def test_more_asks_for_whichever_is_open_and_says_what_can_t_be_had(daniel: Run) -> None:
    rows = loaded(daniel, "refills", "list", "--json")["prescriptions"]
    refill, renew = (next(row for row in rows if row["group"] == group) for group in ("refill", "renew"))
    soon = next(row for row in rows if row["can"][0]["reason"] == "too-soon" and row["from"])
    words = ("refills", "more", refill["id"], renew["drug"], soon["rx"], "--note", "Still helps.")
    assert daniel(*words).returncode == diagnostics.EXIT_USAGE, "no terminal to ask on"
    several = daniel("refills", "more", "mg", "--dry-run")
    assert (several.returncode, "Choose by id" in several.stderr) == (diagnostics.EXIT_USAGE, True)

    preview = fits("refills-more", daniel(*words, "--dry-run", "--json").stdout)
    assert preview["dry_run"]
    [mine] = preview["people"]
    assert {row["prescription"]: row["way"] for row in mine["items"]} == {
        refill["id"]: "refill",
        renew["id"]: "renewal",
        soon["id"]: "not-now",
    }
    assert (mine["asked"], {row["outcome"] for row in mine["items"]}) == (None, {"not-asked"})
    assert "no visit needed" in daniel(*words, "--dry-run").stdout

    done = daniel(*words, "--yes", "--json")
    assert (done.returncode, fault(done)["rule"], fault(done)["detail"]) == (3, "RX-7", "1 of 3 can't be had now.")
    [mine] = fits("refills-more", done.stdout)["people"]
    told = {row["prescription"]: row for row in mine["items"]}
    assert [told[row["id"]]["outcome"] for row in (refill, renew, soon)] == ["requested", "requested", "not-asked"]
    assert (told[soon["id"]]["rule"], told[soon["id"]]["from"]) == ("RX-7", soon["from"])
    asked = {one["id"]: one for one in loaded(daniel, "refills", "track", "--json")["requests"]}
    for row, kind in ((refill, "refill"), (renew, "renewal")):
        request = asked[told[row["id"]]["request"]]
        assert (request["kind"], request["prescription"], request["by"]) == (kind, row["id"], "Daniel Reyes")
    assert daniel("refills", "more", refill["drug"], "--yes").returncode == 3, "the one that has not ended"
    assert asked[told[renew["id"]]["request"]]["stages"][0]["note"] == "Still helps."
    assert asked[told[refill["id"]]["request"]]["point"] == mine["point"]["name"]

    again = daniel(*words, "--yes", "--json")
    assert (again.returncode, fault(again)["reason"]) == (3, "request-pending")
    assert {row["outcome"] for row in fits("refills-more", again.stdout)["people"][0]["items"]} == {"not-asked"}


@pytest.mark.rule("RX-5")
def test_where_it_is_picked_up_and_what_is_not_handed_out_there(daniel: Run) -> None:
    rows = loaded(daniel, "refills", "list", "--json")["prescriptions"]
    row = [row for row in rows if row["group"] == "refill"][-1]
    words = ("refills", "more", row["id"])
    unknown = daniel(*words, "--at", "Nowhere", "--yes")
    assert (unknown.returncode, "refills pharmacies" in unknown.stderr) == (diagnostics.EXIT_NOT_FOUND, True)
    assert daniel(*words, "--note", "x" * 251, "--dry-run").returncode == diagnostics.EXIT_USAGE
    done = daniel(*words, "--at", "Fort Belvoir Main Pharmacy", "--yes")
    assert done.returncode == 0, done.stderr
    assert "requested, Fort Belvoir Main Pharmacy" in done.stderr
    [id] = done.stdout.split()
    assert (
        id
        in daniel(
            "refills",
            "track",
        ).stdout
    )


def test_what_is_wanted_must_be_said_and_be_one(daniel: Run) -> None:
    assert daniel("refills", "more").returncode == diagnostics.EXIT_USAGE
    assert daniel("refills", "more", "zzqq", "--dry-run").returncode == diagnostics.EXIT_NOT_FOUND
    due = fits("refills-more", daniel("refills", "more", "--family", "--due", "--dry-run", "--json").stdout)
    listed = loaded(daniel, "refills", "list", "--family", "--due", "--json")["prescriptions"]
    found = {row["prescription"] for one in due["people"] for row in one["items"]}
    assert found == {row["id"] for row in listed}
