"""Forgotten passwords and registering over the wire: codes, policy, locks, and no word on whether a name exists."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.testing.plugin import START, SignIn
from genesis_tui.testing.sign_in import PkcePair, typed

NEW = "Another-Harbor-2042-Again"


async def reset(visitor: httpx.AsyncClient, username: str) -> httpx.Response:
    return await visitor.post("/oauth/account/reset", json={"username": username})


async def finish(visitor: httpx.AsyncClient, username: str, code: str, password: str = NEW) -> httpx.Response:
    body = {"username": username, "code": code, "password": password}
    return await visitor.post("/oauth/account/reset/finish", json=body)


async def code_for(tester: httpx.AsyncClient, to: str = "") -> str:
    (mail, *_) = (await tester.get("/mock/v1/mailbox", params={"to": to})).json()["mails"]
    found = re.search(r"\b(\d{6})\b", mail["body"])
    assert found is not None
    return found[1]


@pytest.mark.rule("LOCK-4", "ID-4")
async def test_the_code_goes_to_the_deers_address_and_replaces_the_password(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    assert (await reset(visitor, "Elena.Reyes")).status_code == 202
    code = await code_for(tester, "elena.reyes@mail.example")
    assert (await finish(visitor, "elena.reyes", code)).status_code == 204
    old = await typed(visitor, "elena.reyes", passwords["elena.reyes"], pkce=PkcePair())
    new = await typed(visitor, "elena.reyes", NEW, pkce=PkcePair())
    assert (old.json()["reason"], new.status_code) == ("wrong-credentials", 200)


@pytest.mark.rule("LOCK-4", "LOCK-1", "LOCK-2")
async def test_it_unlocks_and_clears_count_and_level(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock
) -> None:
    for _ in range(5):
        await typed(visitor, "elena.reyes", "wrong", pkce=PkcePair())
    mock.clock.advance(timedelta(minutes=31))
    for _ in range(5):
        await typed(visitor, "elena.reyes", "wrong", pkce=PkcePair())
    await reset(visitor, "elena.reyes")
    await finish(visitor, "elena.reyes", await code_for(tester))
    assert (await typed(visitor, "elena.reyes", NEW, pkce=PkcePair())).status_code == 200
    told = [(await typed(visitor, "elena.reyes", "wrong", pkce=PkcePair())).json() for _ in range(5)]
    assert [one["tries_left"] for one in told] == [4, 3, 2, 1, 0]
    assert told[-1]["locked_until"] == (mock.clock.now() + timedelta(minutes=30)).isoformat().replace("+00:00", "Z")


@pytest.mark.rule("LOCK-2", "LOCK-5")
async def test_locks_grow_to_thirty_days_and_outlive_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mock.db'}"
    lengths = []
    for hours in (0.5, 24, 720, 720):
        mock = Mock.create(url, start=START, frozen=True)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(mock)), base_url=mock.issuer) as client:
            answers = [(await typed(client, "elena.reyes", "wrong", pkce=PkcePair())).json() for _ in range(5)]
        lengths.append(answers[-1]["locked_until"])
        assert answers[-1]["reason"] == "locked"
        assert answers[-1]["locked_until"] == (
            (mock.clock.now() + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
        )
        mock.move_clock(mock.clock.now() + timedelta(hours=hours))
        mock.close()
    assert len(set(lengths)) == 4


@pytest.mark.rule("LOCK-4")
@pytest.mark.parametrize(("seconds", "status"), [(599, 204), (600, 400), (601, 400)])
async def test_a_code_is_good_for_ten_minutes(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock, seconds: int, status: int
) -> None:
    await reset(visitor, "elena.reyes")
    code = await code_for(tester)
    mock.clock.advance(timedelta(seconds=seconds))
    answer = await finish(visitor, "elena.reyes", code)
    assert answer.status_code == status
    assert status == 204 or answer.json()["reason"] == "code-expired"


@pytest.mark.rule("LOCK-4")
@pytest.mark.parametrize("username", ["elena.reyes", "nobody.at.all"])
async def test_a_code_has_three_tries_known_or_not(visitor: httpx.AsyncClient, username: str) -> None:
    await reset(visitor, username)
    answers = [(await finish(visitor, username, "000000")).json() for _ in range(4)]
    assert [one["reason"] for one in answers] == ["code-wrong"] * 3 + ["code-expired"]
    assert [one.get("tries_left") for one in answers] == [2, 1, 0, None]


@pytest.mark.rule("LOCK-4")
async def test_a_code_works_once_and_a_new_one_replaces_it(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient
) -> None:
    await reset(visitor, "elena.reyes")
    first = await code_for(tester)
    await reset(visitor, "elena.reyes")
    second = await code_for(tester)
    assert (await finish(visitor, "elena.reyes", first)).status_code == (204 if first == second else 400)
    assert (await finish(visitor, "elena.reyes", second)).status_code == 204
    assert (await finish(visitor, "elena.reyes", second)).json()["reason"] == "code-expired"


@pytest.mark.rule("LOCK-4", "LOCK-1")
async def test_an_answer_never_tells_whether_a_name_exists(
    visitor: httpx.AsyncClient, mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[int] = []
    scrypt = hashlib.scrypt

    def counted(password: bytes, **cost: Any) -> bytes:
        costs.append(cost["n"])
        return scrypt(password, **cost)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    rows: list[list[bytes]] = []
    counts: list[int] = []
    for username in ("elena.reyes", "nobody.at.all"):
        asked = await reset(visitor, username)
        wrong = await finish(visitor, username, "000000")
        body = {name: value for name, value in wrong.json().items() if name != "request_id"}
        rows.append([asked.content, str(body).encode()])
        counts.append(len(costs))
    assert rows[0] == rows[1]
    assert counts == [0, 0]


@pytest.mark.rule("ID-7")
async def test_the_last_ten_passwords_are_not_taken_again(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock, passwords: dict[str, str]
) -> None:
    used = [passwords["elena.reyes"], *(f"Password-number-{n:02d}" for n in range(1, 11))]

    async def change(password: str) -> httpx.Response:
        mock.clock.advance(timedelta(hours=5))
        await reset(visitor, "elena.reyes")
        return await finish(visitor, "elena.reyes", await code_for(tester), password)

    for password in used[1:10]:
        assert (await change(password)).status_code == 204
    assert (await change(used[0])).json()["reason"] == "password-policy"
    assert (await change(used[9])).json()["reason"] == "password-policy"
    assert (await change(used[10])).status_code == 204
    assert (await change(used[0])).status_code == 204


@pytest.mark.rule("ID-7", "LOCK-4")
async def test_a_bad_password_leaves_the_code_good(visitor: httpx.AsyncClient, tester: httpx.AsyncClient) -> None:
    await reset(visitor, "elena.reyes")
    code = await code_for(tester)
    short = await finish(visitor, "elena.reyes", code, "too short")
    assert (short.status_code, short.json()["reason"]) == (422, "password-policy")
    assert "15" in short.json()["title"]
    assert (await finish(visitor, "elena.reyes", code)).status_code == 204


@pytest.mark.rule("LOCK-4")
async def test_a_new_password_ends_every_sign_in_of_before(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, sign_in: SignIn
) -> None:
    elena = await sign_in("elena.reyes")
    await reset(visitor, "elena.reyes")
    await finish(visitor, "elena.reyes", await code_for(tester))
    assert (await elena.get("/portal/v1/session")).status_code == 401


async def somebody_without(mock: Mock) -> dict[str, str]:
    """A grown-up whom DEERS knows and who has no DS Logon."""
    with mock.database.begin() as conn:
        conn.exec_driver_sql("delete from sign_in where username = 'elena.reyes'")
        row = (
            conn.exec_driver_sql("select * from deers join person on person.id = person_id where person.given='Elena'")
            .mappings()
            .one()
        )
    return {name: row[name] for name in ("given", "family", "birth_date", "dod_id")}


ELENA_REACHED = "elena.reyes@mail.example"


async def begin(visitor: httpx.AsyncClient, who: dict[str, str]) -> httpx.Response:
    return await visitor.post("/oauth/account/register", json=who)


async def make(visitor: httpx.AsyncClient, who: dict[str, str], code: str, **change: str) -> httpx.Response:
    account = {"dod_id": who["dod_id"], "code": code, "username": "e.reyes", "password": NEW}
    return await visitor.post("/oauth/account/register/finish", json=account | change)


@pytest.mark.rule("ID-7", "ID-4", "ID-11")
async def test_registering_gives_a_basic_account(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock
) -> None:
    who = await somebody_without(mock)
    assert (await begin(visitor, who)).status_code == 202
    answer = await make(visitor, who, await code_for(tester, ELENA_REACHED), username="E.Reyes")
    assert (answer.status_code, answer.json()["level_title"]) == (201, "Basic")
    assert (await typed(visitor, "e.reyes", NEW, pkce=PkcePair())).status_code == 200


@pytest.mark.rule("ID-7", "ID-11")
async def test_what_finishing_refuses_leaves_the_code_good(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock
) -> None:
    who = await somebody_without(mock)
    await begin(visitor, who)
    code = await code_for(tester, ELENA_REACHED)
    refusals = [
        await make(visitor, who, code, username="daniel.reyes"),
        await make(visitor, who, code, password="short"),
        await make(visitor, who, code, password="e.reyes has a long password"),
        await make(visitor, who, code, dod_id="12"),
    ]
    assert [(one.status_code, one.json()["reason"]) for one in refusals] == [
        (409, "username-taken"),
        (422, "password-policy"),
        (422, "password-policy"),
        (422, "invalid"),
    ]
    assert (await make(visitor, who, code)).status_code == 201
    assert (await make(visitor, who, code)).json()["reason"] == "code-expired"


@pytest.mark.rule("ID-7", "ID-11", "FAM-1")
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"dod_id": "0000000000"},
        {"given": "Eleonore"},
        {"birth_date": "1950-01-01"},
        {"who": "Daniel"},
        {"who": "Leo"},
    ],
    ids=["right", "id", "name", "birth date", "has one", "minor"],
)
async def test_every_mismatch_is_answered_like_a_match(
    visitor: httpx.AsyncClient, mock: Mock, change: dict[str, str]
) -> None:
    who = await somebody_without(mock)
    if "who" in change:
        with mock.database.begin() as conn:
            asked = f"select d.* from deers d join person p on p.id = d.person_id where p.given = '{change['who']}'"
            row = conn.exec_driver_sql(asked).mappings().one()
        who = {name: row[name] for name in who}
    else:
        who |= change
    answers = [await begin(visitor, who), *[await make(visitor, who, f"00000{n}") for n in range(4)]]
    told = [(one.status_code, {k: v for k, v in one.json().items() if k != "request_id"}) for one in answers]
    assert (told[0][0], told[0][1]["expires_in"]) == (202, 600)
    assert [(status, body["reason"], body.get("tries_left")) for status, body in told[1:]] == [
        *((400, "code-wrong", left) for left in (2, 1, 0)),
        (400, "code-expired", None),
    ]


@pytest.mark.rule("ID-7", "ID-11")
async def test_who_has_one_is_told_where_only_they_read_it(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock
) -> None:
    who = await somebody_without(mock) | {"given": "Daniel", "birth_date": "", "dod_id": "1187204453"}
    with mock.database.begin() as conn:
        who["birth_date"] = conn.exec_driver_sql(
            f"select birth_date from deers where dod_id = '{who['dod_id']}'"
        ).scalar_one()
    assert (await begin(visitor, who)).status_code == 202
    (mail,) = (await tester.get("/mock/v1/mailbox")).json()["mails"]
    assert (mail["to"], "You have one already" in mail["body"]) == ("daniel.reyes@mail.example", True)


@pytest.mark.rule("ID-11")
@pytest.mark.parametrize("right", [True, False])
async def test_the_fourth_registration_of_a_dod_id_waits_for_a_day(
    visitor: httpx.AsyncClient, mock: Mock, right: bool
) -> None:
    who = await somebody_without(mock)
    who |= {} if right else {"birth_date": "1950-01-01"}
    assert [(await begin(visitor, who)).status_code for _ in range(4)] == [202, 202, 202, 403]
    paused = (await begin(visitor, who)).json()
    assert (paused["rule"], paused["reason"]) == ("ID-11", "proofing-paused")
    assert paused["from"] == (mock.clock.now() + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    mock.clock.advance(timedelta(hours=24))
    assert (await begin(visitor, who)).status_code == 202


@pytest.mark.rule("ID-11")
async def test_one_address_begins_ten_in_a_day(visitor: httpx.AsyncClient, mock: Mock) -> None:
    who = await somebody_without(mock)
    told = [(await begin(visitor, who | {"dod_id": f"{n:010d}"})).status_code for n in range(11)]
    assert told == [202] * 10 + [403]


@pytest.mark.rule("ID-11")
@pytest.mark.parametrize("change", [{"dod_id": "12"}, {"birth_date": "30.4.1988"}, {"username": "x"}])
async def test_what_is_no_registration_is_said(visitor: httpx.AsyncClient, mock: Mock, change: dict[str, str]) -> None:
    refused = await begin(visitor, await somebody_without(mock) | change)
    assert (refused.status_code, refused.json()["reason"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"birth_date": "30.4.1988"}, "birth date is a date, as 1988-04-30."),
        ({"birth_date": "1988-04-31"}, "birth date is a date, as 1988-04-30."),
        ({"dod_id": "12"}, "DoD ID has ten digits."),
        ({"given": ""}, "given is empty."),
        ({"username": "ab"}, "username has 3 characters or more."),
        ({"password": "x" * 257}, "password has at most 256 characters."),
        ({"given": None}, "given is not as it must be."),
        ({"odd": "1"}, "odd is not known here."),
    ],
)
async def test_what_is_filled_in_wrongly_is_told_in_words(
    visitor: httpx.AsyncClient, mock: Mock, change: dict[str, object], told: str
) -> None:
    """No pattern, and nothing that a library says."""
    who: dict[str, object] = dict(await somebody_without(mock))
    account = {"dod_id": who["dod_id"], "code": "000000", "username": "e.reyes", "password": NEW}
    path, body = ("/finish", account) if {"username", "password"} & change.keys() else ("", who)
    problem = (await visitor.post(f"/oauth/account/register{path}", json=body | change)).json()
    assert (problem["reason"], problem["detail"], problem["fields"]) == ("invalid", told, list(change))


@pytest.mark.rule("LOCK-4")
async def test_a_code_of_another_form_is_told_in_words(visitor: httpx.AsyncClient) -> None:
    form = {"username": "elena.reyes", "code": "12 34", "password": NEW}
    assert (await visitor.post("/oauth/account/reset/finish", json=form)).json()["detail"] == "code has six digits."
