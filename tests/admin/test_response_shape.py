"""The form of every answer: HEAD as GET without its body, gzip where it is asked for, CORS where apps read (SMART)."""

import gzip

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.response_shape import SMALLEST
from genesis_tui.testing.plugin import SignIn

ORIGIN = {"Origin": "https://app.example"}
PLAIN = {"Accept-Encoding": "identity"}
OPEN = ("/fhir/r4/metadata", "/fhir/r4/Patient/1", "/oauth/jwks", "/oauth/token")
CONFIGURATIONS = (
    "/fhir/r4/.well-known/smart-configuration",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
)


async def test_every_place_of_the_configuration_says_the_same(visitor: httpx.AsyncClient, mock: Mock) -> None:
    told = [(await visitor.get(path)).json() for path in CONFIGURATIONS]
    assert told[0] == told[1] == told[2]
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported")
    needed += ("subject_types_supported", "id_token_signing_alg_values_supported", "scopes_supported")
    assert all(told[0][name] for name in needed)
    assert told[0]["issuer"] == mock.issuer


@pytest.mark.parametrize("path", [*OPEN, *CONFIGURATIONS])
async def test_an_app_in_a_browser_may_read(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(path, headers=ORIGIN)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    asked = ORIGIN | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    may = await visitor.options(path, headers=asked)
    assert (may.status_code, may.content) == (204, b"")
    assert may.headers["access-control-allow-origin"] == "*"
    assert {"Authorization", "Content-Type"} <= set(may.headers["access-control-allow-headers"].split(", "))
    assert "POST" in may.headers["access-control-allow-methods"]


@pytest.mark.parametrize("path", ["/portal/v1/session", "/mock/v1/clock", "/milconnect", "/openapi.json", "/fhir/r40"])
async def test_nothing_else_is_for_other_origins(visitor: httpx.AsyncClient, path: str) -> None:
    asked = ORIGIN | {"Access-Control-Request-Method": "GET"}
    for answer in (await visitor.get(path, headers=ORIGIN), await visitor.options(path, headers=asked)):
        assert answer.status_code != 204
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_another_name_is_not_answered_to_a_browser_either(visitor: httpx.AsyncClient) -> None:
    asked = ORIGIN | {"Access-Control-Request-Method": "GET", "Host": "evil.example"}
    answer = await visitor.options("/fhir/r4/metadata", headers=asked)
    assert answer.status_code == 421


@pytest.mark.parametrize(
    "path", ["/fhir/r4/metadata", "/fhir/r4/Observation?patient=12742301", "/portal/v1/session", "/portal/v1/family"]
)
async def test_a_head_is_a_get_without_its_body(sign_in: SignIn, path: str) -> None:
    daniel = await sign_in("daniel.reyes")
    whole, head = await daniel.get(path, headers=PLAIN), await daniel.head(path, headers=PLAIN)
    assert (whole.status_code, head.status_code, head.content) == (200, 200, b"")
    assert len(whole.content) > 0
    names = ("content-type", "content-length", "etag", "cache-control", "vary")
    assert [head.headers.get(name) for name in names] == [whole.headers.get(name) for name in names]


@pytest.mark.parametrize("path", ["/x", "/fhir/r4/Patient/none", "/oauth/authorize", "/openapi.json"])
async def test_a_head_is_answered_wherever_a_get_is(visitor: httpx.AsyncClient, path: str) -> None:
    whole, head = await visitor.get(path), await visitor.head(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0", False), ("br", False), ("", False)],
)
async def test_what_is_large_is_packed_where_that_is_asked_for(
    visitor: httpx.AsyncClient, accepted: str, packed: bool
) -> None:
    async with visitor.stream("GET", "/fhir/r4/metadata", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(raw)
    plain = (await visitor.get("/fhir/r4/metadata", headers=PLAIN)).content
    assert (gzip.decompress(raw) if packed else raw) == plain
    assert len(plain) > SMALLEST


async def test_what_is_small_is_not_packed(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/x")
    assert len(answer.content) < SMALLEST
    assert "content-encoding" not in answer.headers


async def test_localhost_is_this_computer_too(visitor: httpx.AsyncClient, mock: Mock) -> None:
    port = mock.issuer.rpartition(":")[2]
    for host, status in ((f"localhost:{port}", 200), (f"LOCALHOST:{port}", 200), (f"[::1]:{port}", 421)):
        assert (await visitor.get("/fhir/r4/metadata", headers={"Host": host})).status_code == status
    mock.issuer = "http://mock.test:8801"
    assert (await visitor.get("/fhir/r4/metadata", headers={"Host": "localhost:8801"})).status_code == 421
