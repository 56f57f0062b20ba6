"""What answers at an address is told by two public documents, and by one read where they name no sign-in."""

import json
from collections.abc import Iterator

import httpx
import pytest
import respx

from genesis_tui.api_client.fhir.capability import Capability, ServerCapabilities
from genesis_tui.api_client.http.tolerant import tolerant
from genesis_tui.api_client.server import Server
from genesis_tui.models.base.errors import ApiError, HostRefused, NotOffered, Refused, ServerFault
from tests.api_client.statements import BASE, READ, Body, oauth, serve, statement

R4 = statement(Patient=["name"])
SMART = {"authorization_endpoint": "http://127.0.0.1:8090/auth", "token_endpoint": "http://127.0.0.1:8090/token"}


@pytest.fixture
def net() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


async def kind_at(url: str, *, trust_host: bool = False) -> str:
    server = await Server.connect(url, trust_host=trust_host)
    host = server.verify()
    await server.close()
    ways = {"open": host.open, "portal": host.portal} | {way.kind.value: True for way in host.methods}
    return " ".join(name for name, holds in ways.items() if holds)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410])
async def test_without_a_smart_configuration_the_statement_decides(net: respx.MockRouter, status: int) -> None:
    serve(net, R4)
    net.get(f"{BASE}/.well-known/smart-configuration").mock(return_value=httpx.Response(status))
    assert await kind_at(BASE) == "open"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"token_endpoint": 7}', b"\xff"])
async def test_a_smart_configuration_that_is_none_counts_as_missing(net: respx.MockRouter, body: bytes) -> None:
    serve(net, R4)
    net.get(f"{BASE}/.well-known/smart-configuration").mock(return_value=httpx.Response(200, content=body))
    assert await kind_at(BASE) == "open"


@pytest.mark.parametrize("status", [500, 501, 302])
async def test_trouble_at_one_address_is_not_the_end_of_the_others(net: respx.MockRouter, status: int) -> None:
    serve(net, R4)
    net.get(f"{BASE}/.well-known/smart-configuration").mock(return_value=httpx.Response(status))
    assert await kind_at(BASE) == "open"
    net.get("http://127.0.0.1:8090/fhir/r4/metadata").mock(return_value=httpx.Response(status))
    net.get(url__startswith="http://127.0.0.1:8090/fhir/r4/").mock(return_value=httpx.Response(404))
    serve(net, R4, base="http://127.0.0.1:8090")
    assert await kind_at("http://127.0.0.1:8090") == "open"


@pytest.mark.parametrize("status", [404, 500])
async def test_trouble_of_the_server_is_not_taken_for_an_open_server(net: respx.MockRouter, status: int) -> None:
    serve(net, R4, reads=httpx.Response(401))
    net.get(f"{BASE}/.well-known/smart-configuration").mock(return_value=httpx.Response(status))
    with pytest.raises(ServerFault if status == 500 else Refused):
        await kind_at(BASE)


@pytest.mark.parametrize(
    ("reads", "says"),
    [
        (httpx.Response(200, json={"resourceType": "Bundle"}), "open server"),
        (httpx.Response(200, content=b"\xef\xbb\xbf" + b'{"resourceType": "Bundle"}'), "open server"),
        (httpx.Response(200, content=b"<html>Log in</html>"), "names no sign-in"),
        (httpx.Response(403), "names no sign-in"),
        (httpx.Response(302, headers={"location": "/login"}), "names no sign-in"),
    ],
)
async def test_a_server_is_called_open_once_a_read_without_a_token_worked(
    net: respx.MockRouter, reads: httpx.Response, says: str
) -> None:
    serve(net, R4, reads=reads)
    server = await Server.connect(BASE)
    assert says in server.verify().checks[-1].text
    await server.close()


BOM = b"\xef\xbb\xbf"


async def test_a_byte_order_mark_before_json_is_passed_over(net: respx.MockRouter) -> None:
    serve(net, httpx.Response(200, content=BOM + json.dumps(R4).encode()))
    told = httpx.Response(200, content=BOM + json.dumps(SMART).encode())
    net.get(f"{BASE}/.well-known/smart-configuration").mock(return_value=told)
    assert await kind_at(BASE) == "browser"


@pytest.mark.parametrize(
    "odd",
    [
        {"scopes_supported": None},
        {"scopes_supported": {"openid": True}},
        {"grant_types_supported": "authorization_code"},
        {"grant_types_supported": "authorization_code refresh_token"},
        {"grant_types_supported": [None, 7, "authorization_code"]},
        {"code_challenge_methods_supported": [None, "S256"]},
        {"revocation_endpoint": None, "issuer": 7, "mock": "yes", "portal_endpoint": []},
        {"sign_in_methods": [{"id": 7}, None], "authorization_response_iss_parameter_supported": "true"},
    ],
)
async def test_an_odd_field_of_the_configuration_costs_itself(net: respx.MockRouter, odd: Body) -> None:
    serve(net, R4, smart=SMART | odd)
    assert await kind_at(BASE) == "browser"


async def test_addresses_that_the_configuration_lacks_stand_in_the_statement(net: respx.MockRouter) -> None:
    security = oauth(authorize=SMART["authorization_endpoint"], token=SMART["token_endpoint"])
    serve(net, statement(security=security, Patient=[]), smart=SMART | {"token_endpoint": None})
    assert await kind_at(BASE) == "browser"


def test_an_odd_field_of_the_statement_costs_itself() -> None:
    tree = statement(Observation=["patient"], Goal=[]) | {"software": "x", "format": "application/fhir+json"}
    tree["rest"][0]["security"] = {"extension": [None, *oauth(token="https://a.test/t")["extension"]]}
    tree["rest"][0]["resource"] += [None, {"type": 7}, {"type": "Device", "interaction": None, "searchParam": [{}]}]
    tree["rest"][0]["resource"][1]["searchInclude"] = "*"
    tree["rest"].append(None)
    known = offers(tree)
    assert (known.software, known.json) == ("", True)
    assert known.parameter("Observation", "patient")
    assert known.includes("Goal", "Goal:subject")
    assert known.type("Device")
    assert known.sign_in() == {"token_endpoint": "https://a.test/t"}


@pytest.mark.parametrize(
    ("smart", "kind"),
    [
        (SMART, "browser"),
        (SMART | {"code_challenge_methods_supported": ["S256"]}, "browser"),
        (SMART | {"code_challenge_methods_supported": ["plain"]}, "open"),
        (SMART | {"grant_types_supported": ["authorization_code", "refresh_token"]}, "browser"),
        (SMART | {"grant_types_supported": ["client_credentials"]}, "open"),
        ({"token_endpoint": SMART["token_endpoint"]}, "open"),
        (SMART | {"authorization_challenge_endpoint": "http://127.0.0.1:8090/c"}, "password browser"),
        (SMART | {"portal_endpoint": "http://127.0.0.1:8090/portal"}, "portal browser"),
        ({}, "open"),
    ],
)
async def test_a_sign_in_is_offered_where_a_person_could_do_it(net: respx.MockRouter, smart: Body, kind: str) -> None:
    serve(net, R4, smart=smart)
    assert await kind_at(BASE) == kind


async def test_the_older_way_of_naming_a_sign_in_is_understood(net: respx.MockRouter) -> None:
    security = oauth(authorize=SMART["authorization_endpoint"], token=SMART["token_endpoint"])
    serve(net, statement(security=security, Patient=[]))
    assert await kind_at(BASE) == "browser"


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("http://127.0.0.1:8090/fhir/", BASE),
        ("http://127.0.0.1:8090", "http://127.0.0.1:8090/fhir/r4"),
        ("http://127.0.0.1:8090/", "http://127.0.0.1:8090"),
        ("http://127.0.0.1:8090/a/b/R4", "http://127.0.0.1:8090/a/b/R4"),
    ],
)
async def test_a_path_is_the_base_and_none_is_guessed(net: respx.MockRouter, address: str, base: str) -> None:
    net.get(url__startswith="http://127.0.0.1:8090/").mock(return_value=httpx.Response(404))
    net.routes.clear()
    serve(net, R4, base=base)
    net.get(url__startswith="http://127.0.0.1:8090/").mock(return_value=httpx.Response(404))
    assert await kind_at(address) == "open"


@pytest.mark.parametrize(("address", "says"), [("http://127.0.0.1:8090", "with the path"), (BASE, "Check the path")])
async def test_what_is_no_fhir_server_is_told_with_what_to_give(net: respx.MockRouter, address: str, says: str) -> None:
    net.get(url__startswith="http://127.0.0.1:8090").mock(return_value=httpx.Response(404))
    with pytest.raises(NotOffered) as caught:
        await kind_at(address)
    assert caught.value.title.startswith("No FHIR R4 server answers at http://127.0.0.1:8090/fhir")
    assert says in caught.value.next


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"resourceType":"OperationOutcome"}', b"[", b'{"rest": 7}'])
async def test_metadata_that_is_no_statement_is_no_server(net: respx.MockRouter, body: bytes) -> None:
    serve(net, httpx.Response(200, content=body))
    with pytest.raises(NotOffered):
        await kind_at(BASE)


@pytest.mark.parametrize(("version", "read"), [("4.0.0", True), ("4.0.1", True), ("", True), ("3.0.2", False)])
async def test_other_versions_are_named(net: respx.MockRouter, version: str, *, read: bool) -> None:
    serve(net, statement(version))
    if read:
        assert await kind_at(BASE) == "open"
        return
    with pytest.raises(NotOffered, match="NotOffered") as caught:
        await kind_at(BASE)
    assert f"FHIR {version}" in caught.value.title


@pytest.mark.parametrize("version", ["5.0.0", "4.3.0", "1.0.2"])
async def test_later_and_earlier_versions_are_not_read(net: respx.MockRouter, version: str) -> None:
    serve(net, statement(version))
    with pytest.raises(NotOffered):
        await kind_at(BASE)


@pytest.mark.parametrize(("formats", "read"), [(["xml"], False), (["xml", "application/fhir+json"], True), ([], True)])
async def test_a_server_without_json_is_not_read(net: respx.MockRouter, formats: list[str], *, read: bool) -> None:
    serve(net, R4 | {"format": formats})
    if read:
        assert await kind_at(BASE) == "open"
        return
    with pytest.raises(NotOffered) as caught:
        await kind_at(BASE)
    assert "JSON" in caught.value.title


@pytest.mark.rule("HOST-1")
@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "portal_endpoint"])
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test/x", "http://10.0.0.1/x", "http://localhost:1/x", "https://a.mil/x"]
)
async def test_no_endpoint_of_the_metadata_may_lead_elsewhere(net: respx.MockRouter, name: str, elsewhere: str) -> None:
    serve(net, R4, smart=SMART | {name: elsewhere})
    with pytest.raises(HostRefused) as caught:
        await kind_at(BASE)
    assert caught.value.rule == "HOST-1"
    assert {call.request.url.host for call in net.calls} == {"127.0.0.1"}


@pytest.mark.rule("HOST-1")
@pytest.mark.parametrize(
    "url", ["http://portal.mil/fhir", "https://fhir.example.org/fhir", "http://127.0.0.1@evil.test/fhir"]
)
async def test_a_base_with_a_path_is_judged_like_any_other(net: respx.MockRouter, url: str) -> None:
    with pytest.raises(HostRefused):
        await kind_at(url)
    assert not net.calls


@pytest.mark.rule("HOST-1")
async def test_a_remote_server_cannot_name_this_computer(net: respx.MockRouter) -> None:
    base = "https://fhir.example.org/r4"
    serve(net, R4, smart=SMART, base=base)
    with pytest.raises(HostRefused):
        await kind_at(base, trust_host=True)


async def test_an_open_server_that_wants_a_sign_in_after_all_says_so(net: respx.MockRouter) -> None:
    serve(net, R4, then=httpx.Response(401))
    server = await Server.connect(BASE)
    with pytest.raises(Refused) as caught:
        await anext(server.patients())
    await server.close()
    assert caught.value.reason == "no-way-in"
    assert "authorization" not in net.calls.last.request.headers


async def test_unreadable_addresses_stay_api_errors(net: respx.MockRouter) -> None:
    net.get(url__startswith=BASE).mock(side_effect=httpx.ConnectError("down"))
    with pytest.raises(ApiError):
        await kind_at(BASE)


def offers(tree: Body) -> ServerCapabilities:
    return ServerCapabilities(tolerant(tree, Capability))


def test_a_server_that_lists_nothing_offers_all_but_sorting() -> None:
    silent = offers({"resourceType": "CapabilityStatement", "rest": [{}]})
    assert silent.type("Observation")
    assert silent.parameter("Observation", "category")
    assert not silent.parameter("Observation", "_sort")
    assert not silent.lists("Observation", "category")


def test_a_type_without_parameters_is_asked_by_the_usual_ones() -> None:
    known = offers(statement(Observation=[], Condition=["patient"]))
    assert known.parameter("Observation", "patient")
    assert not known.parameter("Observation", "_sort")
    assert not known.parameter("Condition", "category")
    assert not known.parameter("Goal", "patient")


def test_parameters_of_all_types_count_for_each() -> None:
    tree = statement(Observation=["patient"])
    tree["rest"][0]["searchParam"] = [{"name": "_count"}, {"name": "_sort"}]
    assert offers(tree).parameter("Observation", "_sort")


def test_interactions_tell_reading_from_searching() -> None:
    tree = statement()
    tree["rest"][0]["resource"] = [{"type": "Binary", "interaction": [READ]}, {"type": "Goal"}]
    known = offers(tree)
    assert (known.type("Binary"), known.readable("Binary")) == (False, True)
    assert (known.type("Goal"), known.readable("Goal")) == (True, True)
    assert not known.readable("Patient")


def test_includes_and_clients_own_statements() -> None:
    tree = statement(Observation=["patient"])
    tree["rest"][0]["resource"][0]["searchInclude"] = ["Observation:subject"]
    tree["rest"].append({"mode": "client", "resource": [{"type": "Goal"}]})
    known = offers(tree)
    assert known.includes("Observation", "Observation:subject")
    assert not known.includes("Observation", "Observation:encounter")
    assert not known.type("Goal")
