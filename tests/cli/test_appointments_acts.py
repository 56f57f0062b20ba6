"""`appointments slots|book|request|cancel|move` as scripts use them."""

import json
import subprocess
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run
from tests.cli.test_commands import loaded
from tests.cli.test_schemas import fits
from tests.cli.written import served

__all__ = ["served"]
OF_LEO = ("--patient", "leo")


def free(run: Run, *arguments: str) -> list[dict[str, str]]:
    document = fits("slots", run("appointments", "slots", "follow-up", *arguments, "--json").stdout)
    found: list[dict[str, str]] = document["slots"]
    return found


def fault(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    error: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])["error"]
    return error


@pytest.mark.rule("APPT-1", "APPT-2", "APPT-3")
def test_what_can_be_booked(daniel: Run) -> None:
    types = fits("slots", daniel("appointments", "slots", "--json").stdout)["visit_types"]
    assert {"acute", "follow-up", "skin-check"} <= {one["code"] for one in types}
    assert "Skin check" in daniel("appointments", "slots").stdout
    rows = free(daniel)
    starts = [datetime.fromisoformat(row["start"]) for row in rows]
    assert starts == sorted(starts)
    assert rows[0]["id"] in daniel("appointments", "slots", "Follow-up").stdout
    where = rows[0]["clinic_id"]
    assert {row["clinic_id"] for row in free(daniel, "--clinic", where)} == {where}
    wrong = daniel("appointments", "slots", "surgery")
    assert (wrong.returncode, "follow-up" in wrong.stderr) == (diagnostics.EXIT_NOT_FOUND, True)
    long = ("--from", "2026-12-01", "--to", "2027-03-01")
    assert daniel("appointments", "slots", "acute", *long).returncode == diagnostics.EXIT_USAGE


@pytest.mark.rule("APPT-4", "APPT-5", "APPT-8", "APPT-10")
def test_book_move_and_cancel(daniel: Run) -> None:
    first, second, *_ = [row for row in free(daniel, *OF_LEO) if row["clinic"] == "Fort Belvoir Family Medicine"]
    book = ("appointments", "book", "follow-up", first["id"], "--reason", "The knee", *OF_LEO)
    assert daniel(*book).returncode == diagnostics.EXIT_USAGE, "no terminal to ask on"
    made = fits("appointment", daniel(*book, "--yes", "--json").stdout)["appointment"]
    assert (made["status"], made["start"], made["reason"]) == ("booked", first["start"], "The knee")

    taken = daniel(*book, "--yes")
    assert taken.returncode == diagnostics.EXIT_NOT_FOUND, "it is listed no more"
    assert all(
        part in taken.stderr
        for part in ("it was taken, or there never was one", "Free now:", "appointments slots follow-up")
    )
    offered = fault(daniel("appointments", "choose", made["id"], "1", *OF_LEO, "--yes", "--json"))
    assert (offered["rule"], offered["reason"], offered["exit"]) == ("APPT-6", "not-offered", 3)
    moved = daniel("appointments", "move", made["id"], second["id"], "--yes", *OF_LEO)
    assert (moved.returncode, moved.stdout.strip()) == (0, made["id"])
    assert "If the new time is gone you keep the old one." in moved.stderr
    assert first["id"] in {row["id"] for row in free(daniel, *OF_LEO)}

    unnamed = daniel("appointments", "cancel", made["id"], "--yes", *OF_LEO)
    assert (unnamed.returncode, "The weather" in unnamed.stderr) == (diagnostics.EXIT_USAGE, True)
    cancel = ("appointments", "cancel", made["id"], "--reason", "weather", "--yes", *OF_LEO)
    gone = fits("appointment", daniel(*cancel, "--json").stdout)["appointment"]
    assert (gone["status"], gone["version"] > made["version"]) == ("cancelled", True)
    again = daniel(*cancel)
    assert (again.returncode, "APPT-7" in again.stderr) == (diagnostics.EXIT_REFUSED, True)


@pytest.mark.rule("APPT-6")
def test_ask_for_a_time_and_withdraw_it(daniel: Run) -> None:
    day = date.fromisoformat(free(daniel)[0]["start"][:10]) + timedelta(days=14)
    ask = ("appointments", "request", "skin-check", "Dermatology", *OF_LEO, "--yes")
    assert daniel(*ask, "--on", f"{day} morning").returncode == diagnostics.EXIT_USAGE, "why?"
    why = ("--reason", "The rash is back.")
    assert daniel(*ask, *why).returncode == diagnostics.EXIT_USAGE, "when?"
    assert daniel(*ask, *why, "--on", f"{day} noon").returncode == diagnostics.EXIT_USAGE
    early = daniel(*ask, *why, "--on", f"{day - timedelta(days=14)} am")
    assert (early.returncode, "APPT-6" in early.stderr) == (diagnostics.EXIT_REFUSED, True)
    asked = daniel(*ask, *why, "--on", f"{day} morning", "--on", f"{day + timedelta(days=1)} pm", "--json")
    row = fits("appointment", asked.stdout)["appointment"]
    assert (row["group"], row["status"], len(row["requested"])) == ("requested", "proposed", 2)
    done = daniel("appointments", "cancel", row["id"], "--reason", "other", "--yes", *OF_LEO)
    assert (done.returncode, "Withdrawn" in done.stderr) == (0, True)
    left = loaded(daniel, "appointments", "--json", *OF_LEO)["appointments"]
    assert row["id"] not in {one["id"] for one in left if one["group"] == "requested"}


@pytest.mark.rule("APPT-11")
def test_where_there_is_no_way_another_is_named(daniel: Run) -> None:
    done = daniel("appointments", "slots", "physical-therapy")
    assert done.returncode == 0
    assert "not here" in done.stderr
    assert {"Message:", "Clinic:", "Phone:"} & set(done.stderr.split())
    ask = ("physical-therapy", "Orthopedics", "--on", "2026-12-09 am", "--reason", "The knee", "--yes", "--json")
    refused = fault(daniel("appointments", "request", *ask))
    assert (refused["rule"], refused["reason"], refused["exit"]) == ("APPT-11", "no-way-here", 3)
    assert "Message: " in refused["next"]


@pytest.mark.rule("APPT-3")
def test_a_table_of_slots_ends_and_says_how_many_more_there_are(daniel: Run) -> None:
    short = daniel("appointments", "slots", "follow-up", "--limit", "2")
    assert (len(short.stdout.splitlines()), f"{len(free(daniel)) - 2} more; --clinic" in short.stderr) == (3, True)
    assert len(daniel("appointments", "slots", "follow-up", "--limit", "0").stdout.splitlines()) > 31


def test_watch_for_an_earlier_slot(daniel: Run) -> None:
    rows = [row for row in free(daniel, *OF_LEO) if row["clinic"] == "Fort Belvoir Pediatrics"]
    book = ("appointments", "book", "follow-up", rows[-1]["id"], *OF_LEO, "--yes")
    made = daniel(*book).stdout.strip()
    found = fits("watched", daniel("appointments", "watch", made, *OF_LEO, "--json").stdout)
    assert found["slot"]["id"] == rows[0]["id"], "there is one already"
    assert "follow-up): Fort Belvoir Pediatrics, before " in daniel("appointments", *OF_LEO).stderr
    [watched] = loaded(daniel, "appointments", "--json", *OF_LEO)["watches"]
    assert watched["found"]["id"] == rows[0]["id"]
    stopped = daniel("appointments", "watch", watched["clinic_id"], *OF_LEO, "--stop", "--json")
    assert (stopped.returncode, fits("watched", stopped.stdout)["slot"]) == (0, None)
    assert loaded(daniel, "appointments", "--json", *OF_LEO)["watches"] == []
    first = daniel("appointments", "move", made, rows[0]["id"], *OF_LEO, "--yes")
    assert first.returncode == 0, first.stderr
    late = daniel("appointments", "watch", made, *OF_LEO, "--for", "0.01")
    assert (late.returncode, "still watched" in late.stderr) == (diagnostics.EXIT_NOT_FOUND, True)
