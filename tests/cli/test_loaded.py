"""What a command that reads does not pay for (P14)."""

from .conftest import DANIEL, Run, log_in

HEAVY = {"pydantic", "rich", "textual", "pygments", "stamina", "fastapi", "sqlalchemy", "keyring"}


def test_a_reading_command_loads_only_what_it_reads_with(run: Run, run_process: Run) -> None:
    assert log_in(run, *DANIEL).returncode == 0
    done = run_process("inbox", "list", "--json", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stderr
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "genesis_tui.api_client.portal.messages.threads" in loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    assert "genesis_tui.api_client.fhir.client" not in loaded
    assert "genesis_tui.api_client.portal.refills" not in loaded
