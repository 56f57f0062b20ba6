"""FHIR servers that nobody here wrote, loaded with patients that nobody here made."""

from collections.abc import Iterator

import httpx
import pytest

from tests.elsewhere.installed import bundles, medplum, sekmet
from tests.elsewhere.synthea import Person, bundle_of, person

FHIR = {"Content-Type": "application/fhir+json"}


@pytest.fixture(scope="session")
def people() -> list[Person]:
    """What the files hold."""
    return [person(bundle_of(path)) for path in bundles()]


def load(base: str) -> None:
    """Put the patients on a server over its own API."""
    for path in bundles():
        answer = httpx.post(base + "/", json=bundle_of(path), headers=FHIR, timeout=60, follow_redirects=True)
        assert answer.status_code == 200, answer.text[:500]


@pytest.fixture(scope="session")
def on_sekmet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """PyPI sekmet-fhir with the Synthea patients: its base URL."""
    with sekmet(tmp_path_factory.mktemp("sekmet")) as base:
        load(base)
        yield base


@pytest.fixture(scope="session")
def on_medplum() -> Iterator[str]:
    """npm @medplum/fhir-router with the Synthea patients: its base URL."""
    with medplum() as base:
        load(base)
        yield base


@pytest.fixture(params=["on_sekmet", "on_medplum"])
def base(request: pytest.FixtureRequest) -> str:
    """Each of them in turn."""
    return str(request.getfixturevalue(request.param))
