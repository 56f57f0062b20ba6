"""Everything that the demo's world serves is sound FHIR, by three judges that nobody on this project wrote."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fhir.resources.R4B import get_fhir_model_class

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.world.build import build_world
from tests.gate.crawl import Crawl, crawl
from tests.gate.judge import judge_resources

_TIME = re.compile(r"\d{4}(-\d\d){0,2}(T|$)")
_CODED = ("resourceType", "status", "intent", "system", "code", "unit", "url")
START = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)


@pytest.fixture(scope="module")
def served() -> Crawl:
    mock = Mock.create(start=START, frozen=True)
    try:
        return asyncio.run(crawl(mock))
    finally:
        mock.close()


def _misread(resource: dict[str, object]) -> str:
    try:
        get_fhir_model_class(str(resource["resourceType"])).model_validate(resource)
    except ValueError as error:
        return f"{resource['resourceType']}/{resource.get('id')}: {error}"
    return ""


def test_the_people_get_in_and_see_a_world(served: Crawl) -> None:
    types = {key.split("/")[0] for key in served.found}
    assert len(served.signed_in) >= 10
    assert len(served.found) > 1000
    assert types >= {"Patient", "Observation", "DiagnosticReport", "DocumentReference", "Binary", "CapabilityStatement"}


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.long)])
def test_the_gate_passes_what_is_served(served: Crawl, tmp_path: Path, *, whole: bool) -> None:
    """One of each make-up, or all of them."""
    chosen = served.found if whole else {_made_up(one): one for one in served.found.values()}
    assert len({one["resourceType"] for one in chosen.values()}) == len({key.split("/")[0] for key in served.found})
    verdict = judge_resources(chosen.values(), tmp_path)
    assert verdict.findings == ()
    assert (verdict.code, verdict.resources >= len(chosen)) == (0, True)


def _made_up(tree: object) -> str:
    """What a resource has, with its codes, and without texts, numbers, times and ids, which are all made alike."""
    if isinstance(tree, dict):
        return str(sorted((name, value if name in _CODED else _made_up(value)) for name, value in tree.items()))
    if isinstance(tree, list):
        return str(sorted({_made_up(one) for one in tree}))
    return re.sub(r"\d", "9", tree) if isinstance(tree, str) and _TIME.match(tree) else type(tree).__name__


def test_fhir_resources_reads_what_is_served(served: Crawl) -> None:
    assert [fault for resource in served.found.values() if (fault := _misread(resource))] == []


@pytest.mark.long
def test_what_is_withheld_or_still_to_come_is_sound_too(served: Crawl, tmp_path: Path) -> None:
    world = build_world(seed=7, start=START, policy=Policy())
    withheld = [
        one.body for one in world.resources if f"{one.body['resourceType']}/{one.body['id']}" not in served.found
    ]
    later = [due.payload["body"] for due in world.due if due.kind == "put-resource"]
    bodies = withheld + later
    assert bodies
    assert judge_resources(bodies, tmp_path).findings == ()
    assert [fault for body in bodies if (fault := _misread(body))] == []
