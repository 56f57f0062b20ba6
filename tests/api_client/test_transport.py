"""The way out: retries of what is safe only, bounds of time and size, request ids, renewal of tokens."""

import asyncio
import ssl
import time
from collections.abc import Callable

import httpx
import pytest
import respx

from genesis_tui.api_client.http import body
from genesis_tui.api_client.http import client as transport
from genesis_tui.api_client.http.client import HttpClient, Request
from genesis_tui.api_client.http.error_responses import succeed
from genesis_tui.api_client.sign_in.bearer import Bearer
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.tokens import Tokens
from genesis_tui.models.base.errors import BadAnswer, Refused, ServerFault, SignedOut, TimedOut, Unreachable

URL = "http://127.0.0.1:8801/x"
TOKEN_URL = "http://127.0.0.1:8801/oauth/token"


@pytest.fixture
async def wire() -> HttpClient:
    return await HttpClient.open()


async def asked(
    wire: HttpClient, *answers: httpx.Response | Exception, method: str = "GET"
) -> tuple[transport.Response, int]:
    """The answer, and how many requests it took."""
    with respx.mock:
        route = respx.route(url=URL).mock(side_effect=list(answers))
        try:
            return await wire.send(Request(method, URL)), route.call_count
        finally:
            await wire.close()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_passing_trouble_is_tried_again(wire: HttpClient, status: int) -> None:
    answer, tries = await asked(wire, httpx.Response(status), httpx.Response(200, content=b"ok"))
    assert (answer.status, answer.body, tries) == (200, b"ok", 2)


async def test_a_lost_connection_is_tried_again(wire: HttpClient) -> None:
    answer, tries = await asked(wire, httpx.ConnectError("refused"), httpx.ReadError(""), httpx.Response(200))
    assert (answer.status, tries) == (200, 3)


async def test_authorities_are_loaded_for_https_alone(wire: HttpClient) -> None:
    plain, secure = [await wire._client_for(httpx.URL(url)) for url in (URL, "https://portal.example.mil/x")]
    assert plain is not secure
    known = [client._transport._pool._ssl_context for client in (plain, secure)]  # type: ignore[attr-defined]
    assert [context.verify_mode for context in known] == [ssl.CERT_REQUIRED] * 2
    assert [context.check_hostname for context in known] == [True, True]
    assert known[0].cert_store_stats()["x509_ca"] == 0
    await wire.close()


async def test_three_times_are_enough(wire: HttpClient) -> None:
    answer, tries = await asked(wire, *[httpx.Response(503)] * 3)
    assert (answer.status, tries) == (503, 3)
    with pytest.raises(ServerFault) as caught:
        succeed(answer)
    assert caught.value.status == 503


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_what_changes_something_is_never_repeated(wire: HttpClient, method: str) -> None:
    answer, tries = await asked(wire, httpx.Response(503), method=method)
    assert (answer.status, tries) == (503, 1)


async def test_a_lost_post_is_not_repeated(wire: HttpClient) -> None:
    with pytest.raises(Unreachable):
        await asked(wire, httpx.ReadError("cut"), method="POST")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 501])
async def test_a_decided_answer_is_not_repeated(wire: HttpClient, status: int) -> None:
    answer, tries = await asked(wire, httpx.Response(status))
    assert (answer.status, tries) == (status, 1)


async def test_retry_after_is_waited_for(wire: HttpClient) -> None:
    began = time.monotonic()
    answer, _ = await asked(wire, httpx.Response(429, headers={"Retry-After": "1"}), httpx.Response(200))
    assert answer.status == 200
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("wait", ["11", "86400", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "x"])
async def test_a_long_or_odd_retry_after_is_left_to_the_person(wire: HttpClient, wait: str) -> None:
    answer, tries = await asked(wire, httpx.Response(503, headers={"Retry-After": wait}))
    assert (answer.status, tries) == (503, 1)


async def test_a_slow_answer_times_out_once(wire: HttpClient) -> None:
    with pytest.raises(TimedOut):
        await asked(wire, httpx.ReadTimeout("slow"))


async def test_a_dripping_answer_ends_after_the_whole_time(wire: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        try:
            for _ in range(100):
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            pass
        finally:
            writer.close()

    monkeypatch.setattr(transport, "WHOLE", 0.2)
    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TimedOut):
            await wire.send(Request("GET", f"http://127.0.0.1:{port}/"))
        await wire.close()


async def test_a_cut_connection_is_unreachable(wire: HttpClient) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(cut, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable) as caught:
            await wire.send(Request("GET", f"http://127.0.0.1:{port}/"))
        await wire.close()
    assert "half" not in str(caught.value) + caught.value.detail


@pytest.mark.parametrize(("extra", "fits"), [(-1, True), (0, True), (1, False)])
async def test_an_answer_may_be_so_large_and_no_larger(
    wire: HttpClient, monkeypatch: pytest.MonkeyPatch, extra: int, *, fits: bool
) -> None:
    monkeypatch.setattr(body, "LARGEST", 1000)
    content = b"x" * (1000 + extra)
    if fits:
        assert (await asked(wire, httpx.Response(200, content=content)))[0].body == content
    else:
        with pytest.raises(BadAnswer):
            await asked(wire, httpx.Response(200, content=content))


async def test_request_ids_go_out_and_come_back_harmless(wire: HttpClient) -> None:
    with respx.mock:
        route = respx.get(URL).mock(return_value=httpx.Response(404, headers=[(b"X-Request-Id", b"req\x9b7")]))
        answer = await wire.send(Request("GET", URL))
        await wire.close()
    assert len(route.calls.last.request.headers["x-request-id"]) == 36
    assert answer.request_id == "req⟨U+009B⟩7"
    with pytest.raises(Refused) as caught:
        succeed(answer)
    assert caught.value.request_id == answer.request_id


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"x"', b'{"title": 7, "next": [], "rule": null}', b"\xff"])
async def test_a_refusal_in_an_odd_shape_still_has_words(wire: HttpClient, body: bytes) -> None:
    answer, _ = await asked(wire, httpx.Response(403, content=body))
    with pytest.raises(Refused) as caught:
        succeed(answer)
    assert caught.value.title == "The server refused this."


async def test_what_a_refusal_says_is_harmless_and_not_in_its_str(wire: HttpClient) -> None:
    problem = {
        "title": "No \x1b]52;c;eA==\x07",
        "detail": "canary",
        "next": "\u202eabc",
        "rule": "FAM-3",
        "reason": "r",
    }
    answer, _ = await asked(wire, httpx.Response(403, json=problem))
    with pytest.raises(Refused) as caught:
        succeed(answer)
    error = caught.value
    assert (error.title, error.next) == ("No ␛]52;c;eA==␇", "⟨U+202E⟩abc")
    assert "canary" not in str(error)
    assert "FAM-3" in str(error)


def bearer(wire: HttpClient, *, expires_in: float = 500, refresh: str = "r1") -> Bearer:
    made = Bearer(wire, Endpoints(token_endpoint=TOKEN_URL, revocation_endpoint=TOKEN_URL + "/revoke"))
    made.take(Tokens("a1", refresh, time.time() + expires_in))
    return made


def accepts(token: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(200 if request.headers["authorization"] == f"Bearer {token}" else 401)


FRESH = {"access_token": "a2", "token_type": "Bearer", "expires_in": 570}


async def test_many_requests_renew_a_token_once(wire: HttpClient) -> None:
    person = bearer(wire)
    saved: list[Tokens] = []

    async def save(tokens: Tokens) -> None:
        saved.append(tokens)

    person.saved = save
    with respx.mock:
        respx.get(URL).mock(side_effect=accepts("a2"))
        renewal = respx.post(TOKEN_URL).mock(return_value=httpx.Response(200, json=FRESH))
        answers = await asyncio.gather(*(person.send(Request("GET", URL)) for _ in range(20)))
        await wire.close()
    assert {a.status for a in answers} == {200}
    assert renewal.call_count == 1
    assert [(t.access, t.refresh) for t in saved] == [("a2", "r1")]


async def test_a_token_about_to_end_is_renewed_ahead(wire: HttpClient) -> None:
    person = bearer(wire, expires_in=5)
    with respx.mock:
        page = respx.get(URL).mock(side_effect=accepts("a2"))
        respx.post(TOKEN_URL).mock(return_value=httpx.Response(200, json={**FRESH, "refresh_token": "r2"}))
        await person.send(Request("GET", URL))
        await wire.close()
    assert page.call_count == 1
    assert person.tokens is not None
    assert person.tokens.refresh == "r2"


async def test_a_renewed_token_that_is_turned_away_ends_it(wire: HttpClient) -> None:
    person = bearer(wire)
    with respx.mock:
        respx.get(URL).mock(return_value=httpx.Response(401))
        renewal = respx.post(TOKEN_URL).mock(return_value=httpx.Response(200, json=FRESH))
        with pytest.raises(SignedOut):
            await person.send(Request("GET", URL))
        with pytest.raises(SignedOut) as caught:
            await person.send(Request("GET", URL))
        await wire.close()
    assert renewal.call_count == 2
    assert (caught.value.rule, caught.value.reason) == ("SESS-3", "sign-in-loop")
    assert "logout --forget" in caught.value.next


async def test_a_refused_refresh_signs_out(wire: HttpClient) -> None:
    person = bearer(wire)
    with respx.mock:
        respx.get(URL).mock(return_value=httpx.Response(401))
        respx.post(TOKEN_URL).mock(return_value=httpx.Response(400, json={"error": "invalid_grant"}))
        with pytest.raises(SignedOut) as caught:
            await person.send(Request("GET", URL))
        await wire.close()
    assert caught.value.reason == "session-ended"
    assert person.tokens is None


async def test_a_server_in_trouble_does_not_sign_out(wire: HttpClient) -> None:
    person = bearer(wire)
    with respx.mock:
        respx.get(URL).mock(return_value=httpx.Response(401))
        respx.post(TOKEN_URL).mock(return_value=httpx.Response(503))
        with pytest.raises(ServerFault):
            await person.send(Request("GET", URL))
        await wire.close()
    assert person.tokens is not None


async def test_tokens_are_gone_whatever_the_server_says_to_their_end(wire: HttpClient) -> None:
    person = bearer(wire)
    with respx.mock:
        respx.post(TOKEN_URL + "/revoke").mock(side_effect=httpx.ConnectError("down"))
        with pytest.raises(Unreachable):
            await person.revoke()
        await wire.close()
    assert person.tokens is None


def test_tokens_never_print() -> None:
    assert "secret" not in repr(Tokens("secret-a", "secret-r", 1.0, "portal"))
