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
    """httpx loads rich for a command of its own, so only Textual can be asked for here."""
    assert "textual" not in _loaded("-c", "import sys, genesis_tui.api_client.http.client; print(*sys.modules)")


@pytest.mark.parametrize(
    "module", ["cli.main", "session.portal", "models.results.result", "sanitize", "settings.settings"]
)
def test_nothing_heavy_is_loaded_on_the_way_to_the_command_line(module: str) -> None:
    assert _loaded("-c", f"import sys, genesis_tui.{module}; print(*sys.modules)") & HEAVY == set()


def test_nothing_heavy_is_loaded_at_the_first_frame() -> None:
    loaded = _loaded(str(FIRST_FRAME))
    assert "textual" in loaded
    assert loaded & HEAVY == set()
