"""What a start does not pay for: heavy libraries come when they are used, the terminal toolkit only with the app."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOLKIT = {"textual", "rich"}
HEAVY = {
    "fastapi",
    "uvicorn",
    "sqlalchemy",
    "starlette",
    "keyring",
    "cryptography",
    "httpx",
    "pydantic",
    "joserfc",
    "fpdf",
    "icalendar",
}

FIRST_FRAME = Path(__file__).parent / "programs/first_frame.py"


def _loaded(*program: str) -> set[str]:
    ran = subprocess.run([sys.executable, *program], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return {name.partition(".")[0] for name in ran.stdout.split()} | set(ran.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "cli.main",
        "session.portal",
        "models.results.result",
        "sanitize",
        "settings.settings",
        "mock_backend.server.app",
    ],
)
def test_only_the_app_loads_the_terminal_toolkit(module: str) -> None:
    loaded = _loaded("-c", f"import sys, genesis_tui.{module}; print(*sys.modules)")
    assert f"genesis_tui.{module}" in loaded
    assert loaded & TOOLKIT == set()


def test_requests_go_without_the_app() -> None:
    """Nor with what httpx has for a command of its own: rich, click, pygments."""
    loaded = _loaded("-c", "import sys, genesis_tui.api_client.http.client; print(*sys.modules)")
    assert "httpx" in loaded
    assert loaded & {*TOOLKIT, "click", "pygments"} == set()


def test_a_demo_starts_its_mock_without_the_command_line_and_the_toolkit() -> None:
    loaded = _loaded("-c", "import sys, genesis_tui.cli.testing.demo_app; print(*sys.modules)")
    assert loaded & {*TOOLKIT, *HEAVY, "click"} == set()


def test_the_list_of_people_waits_for_no_database_and_no_framework() -> None:
    """P3: what a mock of the day answers first."""
    modules = "server.loading", "server.day_world", "world.base.stored"
    program = "".join(f"import genesis_tui.mock_backend.{module}; " for module in modules)
    assert _loaded("-c", f"import sys; {program}print(*sys.modules)") & {"sqlalchemy", "fastapi", "pydantic"} == set()


def test_the_way_to_home_waits_for_no_other_part_of_the_mock() -> None:
    """P3: other subjects, the tester API, FHIR and the pages are loaded with the first request for any of them."""
    loaded = _loaded("-c", "import sys, genesis_tui.mock_backend.server.app; print(*sys.modules)")
    late = "fhir.app", "portal.appointments.booking", "portal.record", "admin.staff", "imports", "pages.milconnect"
    assert "genesis_tui.mock_backend.portal.home.news" in loaded
    assert loaded & {f"genesis_tui.mock_backend.{name}" for name in late} == set()


def test_what_the_sign_in_screen_waits_for_reads_no_record() -> None:
    """P3: clinical resources and the portal's JSON are loaded while somebody chooses how to sign in."""
    loaded = _loaded("-c", "import sys, genesis_tui.api_client.server; print(*sys.modules)")
    late = "fhir.client", "fhir.structs", "fhir.results.patient_results", "portal.sign_in", "portal.decoding"
    assert loaded & {f"genesis_tui.api_client.{name}" for name in late} == set()


def test_a_sign_in_that_left_nothing_behind_loads_nothing_that_writes() -> None:
    """P3: whether anything of the person waits on this disk is asked at every sign-in."""
    loaded = _loaded("-c", "import sys, genesis_tui.session.messages.on_disk; print(*sys.modules)")
    assert loaded & {"genesis_tui.session.acts", "genesis_tui.session.messages.messaging"} == set()


@pytest.mark.parametrize(
    "subject",
    [
        "sign_in",
        "family",
        "home",
        "record",
        "messages.threads",
        "messages.drafts",
        "appointments.scheduling",
        "refills",
    ],
)
def test_the_portal_is_read_without_pydantic(subject: str) -> None:
    module = f"genesis_tui.api_client.portal.{subject}"
    loaded = _loaded("-c", f"import sys, {module}; print(*sys.modules)")
    assert module in loaded
    assert "pydantic" not in loaded


@pytest.mark.parametrize(
    "module", ["cli.main", "session.portal", "models.results.result", "sanitize", "settings.settings"]
)
def test_nothing_heavy_is_loaded_on_the_way_to_the_command_line(module: str) -> None:
    assert _loaded("-c", f"import sys, genesis_tui.{module}; print(*sys.modules)") & HEAVY == set()


def test_the_app_alone_starts_without_the_library_of_the_command_line() -> None:
    """P1: what turns faults into words needs it once there is one."""
    program = "import sys; from genesis_tui.cli.base.diagnostics import reported\nwith reported(): print(*sys.modules)"
    assert "click" not in _loaded("-c", program)


def test_nothing_heavy_is_loaded_at_the_first_frame() -> None:
    loaded = _loaded(str(FIRST_FRAME))
    assert "textual" in loaded
    assert loaded & {*HEAVY, "zoneinfo", "genesis_tui.widgets.virtual_list"} == set()
