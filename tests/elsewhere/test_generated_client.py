"""A client that PyPI openapi-python-client makes of `/openapi.json`."""

import json
import os
import subprocess
from pathlib import Path

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_api
from tests.elsewhere.installed import program

TYPED = {"FamilyAnswer", "ThreadWhole", "PrescriptionsAnswer", "ProblemBody", "TokensGiven"}


def test_a_client_is_made_of_the_description_without_a_warning(mock: Mock, tmp_path: Path) -> None:
    made, document = tmp_path / "client", tmp_path / "openapi.json"
    document.write_text(json.dumps(create_api(mock).openapi()))
    tool = program("openapi-python-client")
    command = [tool, "generate", "--path", str(document), "--output-path", str(made), "--fail-on-warning"]
    path = f"{Path(tool).parent}:{os.environ['PATH']}"
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path}, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "warning" not in done.stdout.lower(), done.stdout
    models = next(made.glob("*/models/__init__.py")).read_text()
    assert {name for name in TYPED if f'"{name}"' in models} == TYPED
