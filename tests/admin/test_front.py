"""What every request goes through: request ids, host names, faults."""

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.mock_backend.server.gateway import Gateway
from genesis_tui.testing.plugin import SignIn


@pytest.mark.parametrize(
    "path", ["/", "/portal/v1/session", "/fhir/r4/metadata", "/fhir/r4/Patient/1", "/oauth/token", "/x"]
)
async def test_every_answer_has_a_request_id(visitor: httpx.AsyncClient, path: str) -> None:
    first, second = await visitor.get(path), await visitor.get(path)
    ids = [answer.headers.get_list("x-request-id") for answer in (first, second)]
    assert all(len(one) == 1 for one in ids)
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("3f1c9d2e-5a77-4d0e", True), ("short", False), ("x" * 65, False), ("with space", False), ("a\x1bb-12345", False)],
)
async def test_a_plain_id_of_the_client_is_kept(visitor: httpx.AsyncClient, sent: str, kept: bool) -> None:
    answer = await visitor.get("/fhir/r4/metadata", headers={"X-Request-Id": sent.encode()})
    assert (answer.headers["x-request-id"] == sent) is kept


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "localhost:1", "localhost.evil.example:8801", ""]
)
async def test_a_request_under_another_name_is_not_answered(visitor: httpx.AsyncClient, host: str) -> None:
    answer = await visitor.get("/fhir/r4/metadata", headers={"Host": host})
    assert answer.status_code == 421


@pytest.mark.parametrize("path", ["/fhir/r40/metadata", "/FHIR/r4/metadata", "/fhir/r4x", "/portal/v2/session"])
async def test_there_is_nothing_at_other_addresses(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_a_fault_is_told_without_what_caused_it(mock: Mock) -> None:
    async def broken(scope: object, receive: object, send: object) -> None:
        raise ZeroDivisionError("secret-of-a-record")

    front = Gateway(mock, fhir=broken, rest=broken)
    transport = httpx.ASGITransport(front, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=mock.issuer) as client:
        answer = await client.get("/fhir/r4/metadata")
    assert (answer.status_code, answer.json()["reason"]) == (500, "outage")
    assert "secret-of-a-record" not in answer.text


async def test_the_api_describes_itself(visitor: httpx.AsyncClient) -> None:
    described = (await visitor.get("/openapi.json")).json()
    assert {"/portal/v1/family", "/oauth/token", "/mock/v1/clock"} <= set(described["paths"])
    assert not any(path.startswith("/fhir/r4/P") for path in described["paths"])


async def test_a_fault_of_the_portal_is_a_problem_too(mock: Mock, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await daniel.get("/portal/v1/session")).json()["person"]["id"]
    with mock.database.begin() as conn:
        conn.exec_driver_sql("DROP TABLE seen")
    transport = httpx.ASGITransport(create_app(mock), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=mock.issuer, headers=daniel.headers) as client:
        answer = await client.get(f"/portal/v1/patients/{me}/seen")
    assert (answer.status_code, answer.json()["reason"]) == (500, "outage")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "seen" not in answer.text
