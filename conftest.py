"""How the tests are spread over the workers, and that nothing is skipped in CI.

A test that lacks a program in CI is a failure of the machine, not a pass.
"""

import os
from typing import TYPE_CHECKING

import pytest

from tests.in_memory import folder_in_memory

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

LANES = {
    "tests/e2e/test_attacks.py": "attacks",
    "tests/e2e/test_imported_attacks.py": "attacks",
    "tests/e2e/": "terminals",
    "tests/browser/": "others",
    "tests/elsewhere/": "others",
    "tests/database/test_postgres.py": "postgres",
    "tests/portal/test_booking_race.py": "postgres",
}
"""Tests that wait for other programs most of their time, one after the other, each lane on a worker of its own."""
TOGETHER = (
    *("tests/cards/", "tests/cli/", "tests/gate/", "tests/imports/"),
    *("tests/coverage/", "tests/world/test_stored_world.py", "tests/test_layout.py", "tests/test_structure.py"),
)
"""Files here share what takes longer to make than most of their tests: a server, an import, a world, what was read."""
LONG = (
    *LANES,
    "tests/gate/",
    "tests/imports/",
    "tests/cards/",
    "tests/cli/test_inbox",
    "tests/portal/test_message_machine.py",
    "tests/portal/test_booking_machine.py",
    "tests/session/test_bookings_through_faults.py",
    "tests/security/test_refresh_race.py",
    "tests/session/test_outbox.py",
    "tests/cli/",
    "tests/screens/",
)
"""What begins first, so that nothing long is left for the end, when the other workers have nothing to do."""

if memory := folder_in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)

_skipped: list[str] = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Two more than there are processors: tests of terminals wait for what they start most of their time."""
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else len(os.sched_getaffinity(0)) + 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadScopeScheduling":
    """Lanes, files and single tests, in the order of `LONG`."""
    from xdist.scheduler import LoadScopeScheduling

    class Spread(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _scope(nodeid)

    config.option.loadscopereorder = False
    return Spread(config, log)


def _turn(nodeid: str) -> int:
    return next((turn for turn, path in enumerate(LONG) if nodeid.startswith(path)), len(LONG))


def _scope(nodeid: str) -> str:
    lane = next((lane for path, lane in LANES.items() if nodeid.startswith(path)), "")
    return lane or (nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and "sqlite" not in report.keywords:
        _skipped.append(f"{report.nodeid}: {_reason(report.longrepr)}")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped.append(f"{report.nodeid}: {_reason(report.longrepr)}")


def _reason(longrepr: object) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped and os.environ.get("CI") == "true" and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _skipped and os.environ.get("CI") == "true":
        terminalreporter.section("skipped, which CI does not allow")
        for line in _skipped:
            terminalreporter.line(line)
