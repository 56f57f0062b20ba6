"""R6: each endpoint of `/openapi.json` with 1,000 requests and more a group, good and bad ones, made by schemathesis.

Every answer must have a status, a content type and a body that the description tells of, and none is a fault of the
server. `.ci/run` runs this file by name: schemathesis is among the tools that judge the source, not among what the
other tests need.
"""

import asyncio
from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any

import httpx
import pytest
import requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks
from schemathesis.transport.requests import REQUESTS_TRANSPORT

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.settings import write_setting
from genesis_tui.mock_backend.mock import WORLD
from genesis_tui.mock_backend.server.app import create_api, create_app
from tests.endpoints.real_ids import Json, fill, fill_agenda, fill_pharmacy, open_page, with_ids
from tests.small_world import SPONSOR, client_of, small_mock, token_for

MOST_ROUNDS, CASES = 12, 1000
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
GROUPS = {
    "sign_in": "session sessions proofing requests",
    "family": "family counts profile access-log deers",
    "record": "seen corrections news",
    "messages": "threads recipients messages folders",
    "drafts": "drafts attachments",
    "appointments": "appointments appointment-requests",
    "clipboards": "clipboards changes slot-watches",
    "plans": "prescriptions pharmacies visit-types clinics slots",
    "refills": "refills renewals",
    "oauth": "oauth fhir .well-known",
    "pages": "forgot device milconnect",
    "tester": "",
}
"""Group -> the words of paths that belong to it."""
OF_AGENDA = ("appointments", "clipboards", "plans")
RIGHTLY = (*OF_AGENDA, "refills")
"""The groups that act on what is there, such as what is scheduled: each of their endpoints is asked rightly, too."""
FEW = {"POST /mock/v1/scenario/reset": 2}
"""How often at most, in each round and mode, what takes seconds is asked."""


def group_of(path: str) -> str:
    """The first group that one of the path's words belongs to, from the end of the path; `pages` for all else."""
    if path.startswith("/mock/"):
        return "tester"
    words = [word for word in reversed(path.split("/")) if word and "{" not in word]
    found = [group for word in words for group, members in GROUPS.items() if word in members.split()]
    return found[0] if found else "pages"


class Attack:
    """One group of endpoints under test: a mock for each endpoint, what was asked, and what was wrong."""

    def __init__(self, group: str, loop: asyncio.Runner) -> None:
        self.loop = loop
        self.statuses: Counter[str] = Counter()
        self.faults: dict[tuple[str, int, str], list[str]] = defaultdict(list)
        self.session = requests.Session()
        self.mock = small_mock()
        self.document: Json = create_api(self.mock).openapi()
        self.mock.close()
        paths = [path for path in self.document["paths"] if group_of(path) == group]
        self.labels = [f"{method.upper()} {path}" for path in paths for method in self.document["paths"][path]]

    def rounds(self) -> None:
        """Ask until there were enough: what takes nothing can be asked in few ways alone."""
        for number in range(MOST_ROUNDS):
            left = CASES - self.statuses.total()
            if left <= 0:
                return
            cases = max(left, 100) // (2 * len(self.labels)) + 3
            for label in self.labels:
                self.ask(label, min(cases, FEW.get(label, cases)), number)

    def ask(self, label: str, cases: int, number: int) -> None:
        """One endpoint, on a mock of its own."""
        self.mock = small_mock()
        with self.mock.database.begin() as conn:
            write_setting(conn, WORLD, {"seed": 7, "start": to_micros(self.mock.start)})
        self.token = token_for(self.mock, SPONSOR)
        transport = httpx.ASGITransport(app=create_app(self.mock), raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url=self.mock.issuer)
        try:
            ids = self.loop.run(self._fill(label))
            operation = self._operation(label, with_ids(self.document, ids))
            for mode in GenerationMode:
                self._generate(operation, mode, cases, number)
        finally:
            self.loop.run(self.client.aclose())
            self.mock.close()

    async def _fill(self, label: str) -> dict[str, list[Any]]:
        async with client_of(self.mock, self.token) as client, client_of(self.mock, self.mock.tester_token) as tester:
            known = await fill(client, tester)
        path = label.partition(" ")[2]
        if group_of(path) in (*OF_AGENDA, "tester"):
            known |= await fill_agenda(self.mock, path)
        if path.rpartition("/")[2] in ("refills", "renewals"):
            known |= await fill_pharmacy(self.mock, path)
        return known | await open_page(self.client, path, self.mock)

    def _operation(self, label: str, document: Json) -> APIOperation:
        method, _, path = label.partition(" ")
        document["paths"] = {path: {method.lower(): document["paths"][path][method.lower()]}}
        return next(iter(openapi.from_dict(document).get_all_operations())).ok()

    def _generate(self, operation: APIOperation, mode: GenerationMode, cases: int, number: int) -> None:
        @seed(number)
        @settings(
            max_examples=cases,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: Case) -> None:
            answer = self._send(case)
            self.statuses[f"{operation.label} {answer.status_code}"] += 1
            try:
                case.validate_response(answer, checks=CHECKS)
            except BaseExceptionGroup as wrong:
                for one in wrong.exceptions:
                    self.faults[operation.label, answer.status_code, str(one)[:600]].append(case.as_curl_command())

        with suppress(Unsatisfiable):  # what takes nothing can't be asked wrongly
            run()

    def told(self) -> list[str]:
        """What was wrong, each kind once with a request that shows it."""
        return [
            f"{len(curls)} × {label} {status}: {why}\n  {curls[0]}"
            for (label, status, why), curls in self.faults.items()
        ]

    def _send(self, case: Case) -> httpx.Response:
        if case.path.startswith("/portal/v1/session"):
            self.token = token_for(self.mock, SPONSOR)
        token = self.mock.tester_token if case.path.startswith("/mock") else self.token
        given = REQUESTS_TRANSPORT.serialize_case(case, base_url=self.mock.issuer)
        if self.statuses.total() % 8:
            given["headers"]["Authorization"] = f"Bearer {token}"
        sent = self.session.prepare_request(requests.Request(**{name: given[name] for name in _SENT & given.keys()}))
        body = sent.body or b""
        request = self.client.build_request(
            str(sent.method),
            str(sent.url),
            headers=[(str(name), str(value)) for name, value in sent.headers.items()],
            content=body.encode() if isinstance(body, str) else body,
        )
        return self.loop.run(self.client.send(request))


_SENT = {"method", "url", "headers", "data", "json", "params", "cookies", "files"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("group", GROUPS)
def test_every_answer_is_one_that_the_description_tells_of(group: str) -> None:
    with asyncio.Runner() as loop:
        attack = Attack(group, loop)
        attack.rounds()
    print("\n", attack.statuses.total(), "requests:", dict(sorted(attack.statuses.items())))
    assert not attack.faults, "\n\n".join(attack.told())
    assert attack.statuses.total() >= CASES
    done = {told[:-4] for told in attack.statuses if told[-3] == "2"}
    assert group not in RIGHTLY or done >= set(attack.labels), set(attack.labels) - done
