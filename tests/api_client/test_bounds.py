"""What a server says beyond all measure costs its entry, or is a plain error: one clamp where it becomes a model."""

import json
import time
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import httpx
import msgspec
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from genesis_tui.api_client.fhir import values
from genesis_tui.api_client.fhir.structs import FhirQuantity
from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.http.client import HttpClient, Request, Response
from genesis_tui.api_client.http.error_responses import sign_in_answer, succeed
from genesis_tui.api_client.portal.client import read
from genesis_tui.api_client.portal.decoding import PERMISSION, Decoder, PortalJson
from genesis_tui.api_client.portal.messages.threads import ThreadPageJson
from genesis_tui.api_client.sign_in import device
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.request import SignInRequest, tokens_of
from genesis_tui.models.base.errors import BadAnswer, ServerFault, SignInRefused
from genesis_tui.models.sign_in import DeviceCode
from genesis_tui.sanitize import one_line
from tests.api_client.test_messages_api import ROW

URL = "http://127.0.0.1:8801/x"
BEYOND = ["1e400", "1e19", "-1e19", "9" * 20, "9" * 400, "9" * 5000, "0." + "0" * 5000]


def answer(body: object, status: int = 200, **headers: str) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, raw, headers, "id")


@pytest.mark.parametrize(
    ("text", "read_it"),
    [
        ("1899-12-31T23:59:59Z", False),
        ("1900-01-01T00:00:00Z", True),
        ("2200-12-31T23:59:59+14:00", True),
        ("2201-01-01T00:00:00Z", False),
        ("9999-12-31T23:59:59Z", False),
        ("0001-01-01T00:00:00+14:00", False),
    ],
)
def test_moments_are_read_from_1900_to_2200(text: str, *, read_it: bool) -> None:
    assert (bounds.instant(text) is not None) is read_it
    if read_it:
        assert values.moment(text).instant == datetime.fromisoformat(text)
        assert values.moment(text[:4]).instant.year == int(text[:4])
    else:
        for part in (text, text[:10], text[:7], text[:4]):
            assert values.moment(part).written == part


class Counted(PortalJson, frozen=True):
    """Every kind of field that has bounds."""

    whole: int = 0
    part: float | None = None
    day: date | None = None
    at: datetime | None = None


@pytest.mark.parametrize(
    ("row", "good"),
    [
        ({"whole": 2**31 - 1, "part": -1e18, "day": "1900-01-01", "at": "2200-12-31T00:00:00Z"}, True),
        ({"whole": -(2**31) + 1, "part": 1e18, "day": "2200-12-31"}, True),
        ({"whole": "7"}, True),
        ({"whole": 2**31}, False),
        ({"whole": 10**30}, False),
        ({"whole": "9" * 30}, False),
        ({"part": 1.1e18}, False),
        ({"part": 10**19}, False),
        ({"day": "1899-12-31"}, False),
        ({"day": "2201-01-01"}, False),
        ({"day": "9999-12-31"}, False),
        ({"day": "2026-W01-1"}, False),
        ({"day": "2026-02-30"}, False),
        ({"at": "9999-12-31T23:59:59Z"}, False),
    ],
)
def test_a_row_beyond_the_bounds_costs_itself(row: dict[str, Any], *, good: bool) -> None:
    assert len(Decoder(Counted).each([row, {}])) == 1 + good


_TEXT = st.text(st.sampled_from('ab |\t\n\x1b\u202e\u00e9e\u0301"'), max_size=6)
_SENT = st.fixed_dictionaries(
    {}, optional={name: _TEXT | st.none() | st.just(7) for name in ("action", "rule", "title", "next", "more")}
)


@given(_SENT)
def test_texts_are_as_harmless_together_as_one_by_one(sent: dict[str, Any]) -> None:
    alone = {name: one_line(value) if isinstance(value, str) else value for name, value in sent.items()}
    alone |= {"reason": "\x1b"}  # each is looked at by itself
    found, expected = (PERMISSION.each([{**one, "allowed": True}]) for one in (sent, alone))
    assert [replace(one, reason="␛") for one in found] == expected


@pytest.mark.parametrize("number", BEYOND[:6])
def test_a_number_without_end_costs_its_row_and_not_the_page(number: str) -> None:
    row = json.dumps(ROW)[:-1] + f', "count": {number}' + "}"
    page = read(ThreadPageJson, answer(b'{"threads": [%b, %b]}' % (row.encode(), json.dumps(ROW).encode()))).model()
    assert (len(page.rows), page.unreadable) == (1, 1)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a": ' * 5000 + b"9" * 5000, b"\xff", b'"\xff"'])
def test_what_is_no_json_is_a_plain_error(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read(ThreadPageJson, answer(body))


@pytest.mark.parametrize("digits", BEYOND)
def test_a_measurement_beyond_all_measure_costs_its_entry(digits: str) -> None:
    with pytest.raises(values.BadEntry):
        values.quantity_of(FhirQuantity(msgspec.Raw(digits.encode())))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0), ("86400", 86_400), ("86401", None), ("9" * 5000, None), ("٣", None), ("", None), ("soon", None)],
)
def test_a_wait_that_nobody_waits_is_none(header: str, seconds: int | None) -> None:
    assert bounds.retry_after(header) == seconds
    with pytest.raises(ServerFault) as caught:
        succeed(answer({}, 503, **{"retry-after": header}))
    assert len(caught.value.next) < 60


async def test_a_wait_of_5000_digits_is_left_to_the_person() -> None:
    wire = await HttpClient.open()
    with respx.mock:
        route = respx.get(URL).mock(return_value=httpx.Response(503, headers={"Retry-After": "9" * 5000}))
        assert (await wire.send(Request("GET", URL))).status == 503
        await wire.close()
    assert route.call_count == 1


@pytest.mark.parametrize("token", ["tökén", "a\nb", "a\x00", "\ud800", "t" * 20_000])
def test_a_token_that_no_header_holds_is_none(token: str) -> None:
    with pytest.raises(BadAnswer):
        tokens_of(answer({"access_token": token, "token_type": "Bearer"}))


@pytest.mark.parametrize("name", ["If-Match", "Idempotency-Key"])
async def test_what_can_not_be_sent_back_is_a_plain_error(name: str) -> None:
    wire = await HttpClient.open()
    with pytest.raises(BadAnswer):
        await wire.send(Request("PUT", URL, headers={name: "“1”"}))
    with pytest.raises(BadAnswer):
        await wire.send(Request("PUT", URL, token="tökén"))
    await wire.close()


@pytest.mark.parametrize(
    ("told", "lasts"),
    [
        (b"570", 570),
        (b"86400", 86_400),
        (b"86401", 86_400),
        (b"1" + b"0" * 30, 86_400),
        (b"9" * 5000, 86_400),
        (b"1e400", 86_400),
        (b"-5", 0),
        (b'"570"', 570),
        (b'"soon"', 300),
        (b"null", 300),
        (b"true", 300),
    ],
)
def test_a_token_lasts_so_long_and_no_longer(told: bytes, lasts: float) -> None:
    found = tokens_of(answer(b'{"access_token": "t", "token_type": "bearer", "expires_in": %b}' % told))
    assert abs(found.expires - time.time() - lasts) < 60


def test_tries_beyond_counting_are_not_told() -> None:
    for tries, told in ((3, 3), (10**30, None), ("3", None), (True, None)):
        with pytest.raises(SignInRefused) as caught:
            sign_in_answer(answer({"tries_left": tries}, 400))
        assert caught.value.tries_left is told or caught.value.tries_left == told


async def test_a_device_code_is_shown_for_a_time_that_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(device, "sleep", sleep)
    shown: list[DeviceCode] = []
    given = b'{"device_code": "d", "user_code": "u", "verification_uri": "%b", "expires_in": 1e300, "interval": 1e300}'
    asking = SignInRequest(way="device", show_code=shown.append)
    wire = await HttpClient.open()
    with respx.mock:
        respx.post(URL).mock(return_value=httpx.Response(200, content=given % URL.encode()))
        respx.post(URL + "/token").mock(return_value=httpx.Response(400, json={"error": "access_denied"}))
        endpoints = Endpoints(device_authorization_endpoint=URL, token_endpoint=URL + "/token")
        with pytest.raises(SignInRefused):
            await device.by_device(wire, endpoints, asking)
        await wire.close()
    assert [code.expires_in for code in shown] == [bounds.LONGEST_WAIT]
    assert slept == [bounds.LONGEST_WAIT]
