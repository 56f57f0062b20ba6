"""`appointments` as scripts use it."""

from datetime import datetime
from pathlib import Path

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run
from tests.cli.test_commands import ESCAPES, loaded


@pytest.mark.rule("APPT-9")
def test_json_tells_all_of_each(daniel: Run) -> None:
    tree = loaded(daniel, "appointments", "--json")
    assert (tree["patient"]["name"], tree["unreadable"]["count"]) == ("Daniel Reyes", 0)
    rows = tree["appointments"]
    assert [row["group"] for row in rows] == sorted(
        (row["group"] for row in rows), key=["upcoming", "requested", "past"].index
    )
    abroad = next(row for row in rows if row["zone"] == "Europe/Berlin")
    assert abroad["start"].endswith(("+01:00", "+02:00"))
    assert abroad["your_start"].endswith(("-05:00", "-04:00"))
    assert datetime.fromisoformat(abroad["start"]) == datetime.fromisoformat(abroad["your_start"])
    asked = next(row for row in rows if row["group"] == "requested")
    assert (asked["start"], asked["your_start"], len(asked["requested"])) == (None, None, 3)
    assert {can["action"] for can in asked["can"]} == {"appointment.cancel", "appointment.reschedule"}


def test_bounds_are_days_at_the_clinic(daniel: Run) -> None:
    everything = loaded(daniel, "appointments", "--json")["appointments"]
    day = next(row["start"][:10] for row in everything if row["group"] == "upcoming")
    some = loaded(daniel, "appointments", "--json", "--from", day, "--to", day)["appointments"]
    of_that_day = [row["id"] for row in everything if (row["start"] or "").startswith(day)]
    assert set(of_that_day) <= {row["id"] for row in some}
    assert {day} == {row["start"][:10] for row in some if row["start"]}


def test_a_table_for_people(daniel: Run) -> None:
    done = daniel("appointments")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].split("  ")[0] == "When"
    assert {"Orthopedics: MRI results", "Requested", "Missed", "Cancelled"} <= {
        cell.strip() for line in done.stdout.splitlines() for cell in line.split("  ")
    }
    assert "Daniel Reyes · you · full access" in done.stderr
    assert not ESCAPES & set(done.stdout)


@pytest.mark.rule("FAM-3", "FAM-7")
def test_of_a_teenager_without_what_is_sensitive(daniel: Run) -> None:
    rows = loaded(daniel, "appointments", "--json", "--patient", "Leo")["appointments"]
    assert "Sports physical" in {row["what"] for row in rows}
    assert "Adolescent counseling" not in {row["what"] for row in rows}


@pytest.mark.parametrize(
    "arguments", [("--from", "soon"), ("--to", "2026-02-30"), ("--from", "2026-12-02", "--to", "2026-12-01")]
)
def test_bounds_that_are_none_are_a_usage_error(daniel: Run, arguments: tuple[str, ...]) -> None:
    done = daniel("appointments", *arguments)
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_USAGE, "")


def test_nothing_found_is_said_on_stderr(daniel: Run) -> None:
    done = daniel("appointments", "--from", "2001-01-01", "--to", "2001-01-02")
    assert (done.returncode, done.stdout) == (0, "")
    assert "No appointments of Daniel Reyes match." in done.stderr


@pytest.mark.rule("APPT-9", "FAM-7")
def test_all_or_one_as_a_calendar_file(daniel: Run, tmp_path: Path) -> None:
    rows = loaded(daniel, "appointments", "--json")["appointments"]
    done = daniel("appointments", "ics", "--to", str(tmp_path))
    assert done.returncode == 0, done.stderr
    content = Path(done.stdout.strip()).read_text()
    assert content.count("BEGIN:VEVENT") == len([row for row in rows if row["start"]])
    one = next(row for row in rows if row["zone"] == "Europe/Berlin" and row["group"] == "upcoming")
    [saved] = loaded(daniel, "appointments", "ics", one["id"], "--to", str(tmp_path), "--json")["saved"]
    assert f"DTSTART;TZID=Europe/Berlin:{one['start'][:16].replace('-', '').replace(':', '')}00" in (
        Path(saved).read_text()
    )
    leo = daniel("appointments", "ics", "--patient", "Leo", "--to", str(tmp_path))
    assert "Sports physical" in Path(leo.stdout.strip()).read_text()
    assert "counseling" not in Path(leo.stdout.strip()).read_text()


def test_a_request_is_no_calendar_file(daniel: Run, tmp_path: Path) -> None:
    rows = loaded(daniel, "appointments", "--json")["appointments"]
    asked = next(row["id"] for row in rows if row["group"] == "requested")
    assert daniel("appointments", "ics", asked, "--to", str(tmp_path)).returncode == diagnostics.EXIT_NOT_FOUND
    assert daniel("appointments", "ics", "nothing", "--to", str(tmp_path)).returncode == diagnostics.EXIT_NOT_FOUND
    assert daniel("appointments", "ics", "--to", str(tmp_path / "none")).returncode == diagnostics.EXIT_USAGE
    assert list(tmp_path.glob("*.ics")) == []
