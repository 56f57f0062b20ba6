"""Cards, registering, forgotten passwords, becoming Premium and DEERS side by side, on the screen by keyboard."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from genesis_tui.app.app import GenesisApp
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.sign_in.panel import SignInPanel
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings
from genesis_tui.widgets.page import Page
from tests.api_client.test_renewing import Elsewhen
from tests.cards.made import card_file
from tests.oauth.test_accounts_api import NEW, somebody_without
from tests.portal.test_deers import CHANGED, MilConnect, changed
from tests.portal.test_proofing import code_in, right_answers
from tests.screens.conftest import Start
from tests.screens.signed_in import BOTH_ENDS, Session


async def fill_in(stage: Session, *texts: str) -> None:
    for text in texts:
        await stage.press(*text, "enter")


async def form(stage: Session, key: str, *labels: str) -> None:
    await stage.expect("SIGN IN WITH")
    await stage.press(key)
    await stage.expect(*labels)


def with_card(mock: Mock, transport: httpx.AsyncBaseTransport, path: Path) -> GenesisApp:
    profile = ServerProfile("test", mock.issuer, card_file=str(path))
    return GenesisApp(Portal(profile, transport=transport, keep=False), Settings(theme="dark"))


@pytest.mark.rule("ID-1", "ID-2", "ID-3")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_a_card_signs_in_by_one_key(
    mock: Mock, transport: httpx.ASGITransport, tester: httpx.AsyncClient, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = with_card(mock, transport, await card_file(tester, tmp_path, "daniel.reyes"))
    async with app.run_test(size=size) as pilot:
        stage = Session(app, pilot)
        await stage.expect("SIGN IN WITH")
        if size[0] >= 80:
            await stage.expect("card in a file")
            assert "REYES.DANIEL" not in stage.text
        await stage.press("1")
        await stage.until(lambda: app.portal.sign_in.me is not None)
        assert app.portal.sign_in.me is not None
        assert (app.portal.sign_in.me.method, app.portal.sign_in.me.level) == ("CAC", "Premium")
    await app.portal.close()


@pytest.mark.rule("ID-2")
async def test_a_card_that_is_changed_or_pulled_is_noticed(
    mock: Mock, transport: httpx.ASGITransport, tester: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = await card_file(tester, tmp_path, "daniel.reyes", passphrase="1234")
    app = with_card(mock, transport, path)
    async with app.run_test(size=(80, 24)) as pilot:
        stage = Session(app, pilot)
        await stage.expect("card in a file")
        await stage.press("1")
        await stage.expect("REYES.DANIEL", "Passphrase")
        other = await card_file(tester, tmp_path, "elena.reyes", passphrase="1234")
        path.write_bytes(other.read_bytes())
        path.chmod(0o600)
        app.screen.query_one(SignInPanel).watch_cards()
        await stage.expect("The card was pulled or changed")
        assert "REYES." not in stage.text
        await stage.press("escape")
        await stage.expect("card in a file")
        path.unlink()
        app.screen.query_one(SignInPanel).watch_cards()
        await stage.until(lambda: "card in a file" not in stage.text)
        await stage.expect("SIGN IN WITH")
    await app.portal.close()


BAD_CARDS = {
    "expired": "has expired",
    "revoked": "has been revoked",
    "untrusted": "not one that this server trusts",
    "no-dod-id": "names no DoD ID",
    "id-disagrees": "names two different DoD IDs",
    "key-usage": "not made for signing in",
}


@pytest.mark.rule("ID-2")
async def test_each_bad_card_has_a_page_with_the_next_step_and_the_desk(
    mock: Mock, transport: httpx.ASGITransport, tester: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = await card_file(tester, tmp_path, "daniel.reyes", state="expired")
    app = with_card(mock, transport, path)
    async with app.run_test(size=(80, 24)) as pilot:
        stage = Session(app, pilot)
        await stage.expect("SIGN IN WITH", "card in a file")
        for state, words in BAD_CARDS.items():
            other = await card_file(tester, tmp_path, "daniel.reyes", state=state)
            path.write_bytes(other.read_bytes())
            app.screen.query_one(SignInPanel).watch_cards()
            await stage.expect("SIGN IN WITH", "card in a file")
            await stage.press("1")
            await stage.expect("Rule ID-2", words, "request", "1-800-600-9332", "esc back")
            assert app.portal.sign_in.me is None
            await stage.press("escape")
            await stage.expect("SIGN IN WITH")
    await app.portal.close()


@pytest.mark.rule("ID-3")
async def test_a_piv_is_registered_with_a_ds_logon_once(
    mock: Mock,
    transport: httpx.ASGITransport,
    tester: httpx.AsyncClient,
    tmp_path: Path,
    passwords: dict[str, str],
) -> None:
    app = with_card(mock, transport, await card_file(tester, tmp_path, "nadia.haddad", kind="piv"))
    async with app.run_test(size=(80, 24)) as pilot:
        stage = Session(app, pilot)
        await stage.expect("SIGN IN WITH")
        await stage.press("2")
        await stage.expect("not registered", "User name", "Password")
        await fill_in(stage, "nadia.haddad", "wrong")
        await stage.expect("4 tries left")
        await stage.press(*passwords["nadia.haddad"], "enter")
        await stage.until(lambda: app.portal.sign_in.me is not None)
        assert app.portal.sign_in.me is not None
        assert app.portal.sign_in.me.method == "PIV"
    await app.portal.close()


@pytest.mark.rule("LOCK-4", "ID-7")
async def test_a_forgotten_password_is_replaced_and_signs_in(start: Start, tester: httpx.AsyncClient) -> None:
    async with start((80, 24)) as stage:
        await form(stage, "f", "FORGOT PASSWORD", "User name")
        await fill_in(stage, "elena.reyes")
        await stage.expect("a code has been sent", "15 characters", "Code")
        (mail, *_) = (await tester.get("/mock/v1/mailbox")).json()["mails"]
        code = re.search(r"\b(\d{6})\b", mail["body"])
        assert code is not None
        await fill_in(stage, code[1], "too short", "not the same one")
        await stage.expect("not the same")
        await fill_in(stage, "too short")
        await stage.expect("15 characters", "ID-7")
        await fill_in(stage, NEW, NEW)
        await stage.expect("ELENA REYES")


@pytest.mark.rule("LOCK-3", "LOCK-4")
async def test_f3_asks_for_the_name_that_was_typed(start: Start) -> None:
    async with start((80, 24)) as stage:
        await form(stage, "3", "User name", "Password")
        await fill_in(stage, "elena.reyes", "wrong")
        await stage.expect("4 tries left")
        await stage.press("f3")
        await stage.expect("FORGOT PASSWORD", "elena.reyes")


@pytest.mark.rule("ID-7", "ID-5", "ID-11")
async def test_registering_signs_in_as_basic(start: Start, mock: Mock, tester: httpx.AsyncClient) -> None:
    who = await somebody_without(mock)
    async with start((80, 24)) as stage:
        await form(stage, "r", "REGISTER A DS LOGON", "Birth date", "DoD ID")
        await fill_in(stage, who["given"], who["family"], who["birth_date"], who["dod_id"])
        await stage.expect("If DEERS knows you", "ID card office", "Code", "15 characters")
        code = await code_in(tester, "elena.reyes@mail.example")
        await fill_in(stage, f"{(int(code) + 1) % 1_000_000:06d}", "e.reyes", NEW, NEW)
        await stage.expect("code is wrong", "2 tries left")
        stage.app.screen.query_one("#code").value = code  # type: ignore[attr-defined]
        await stage.press("enter")
        await stage.expect("Basic sign-in.")
        assert stage.app.portal.sign_in.me is not None
        assert stage.app.portal.sign_in.me.level == "Basic"


@pytest.mark.rule("ID-11")
async def test_registering_tells_nobody_who_is_known(start: Start, mock: Mock, tester: httpx.AsyncClient) -> None:
    who = await somebody_without(mock)
    async with start((80, 24)) as stage:
        await form(stage, "r", "REGISTER A DS LOGON")
        await fill_in(stage, who["given"], who["family"], "1900-01-01", who["dod_id"])
        await stage.expect("If DEERS knows you", "Code")
        assert (await tester.get("/mock/v1/mailbox")).json()["mails"] == []


def answers_on(stage: Session, mock: Mock) -> str:
    """The letter of the right choice of the question that is asked."""
    rows = [str(para.text) for para in stage.app.screen.query_one(Page).rows]
    choices = [{"id": row[0], "text": row[2:]} for row in rows if re.match("[a-e] ", row)]
    return right_answers(mock, "12768804", [{"id": "q", "choices": choices}])["q"]


@pytest.mark.rule("ID-5", "ID-6", "ID-11")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_becoming_premium_opens_everything(
    start: Start, mock: Mock, tester: httpx.AsyncClient, size: tuple[int, int]
) -> None:
    async with start(size, username="nadia.haddad") as stage:
        await stage.press("escape", "p")
        await stage.until(lambda: "P" in stage.app.screen.active_bindings)
        await stage.press("P")
        await stage.expect("Become Premium", "1 E-mail n", "2 Phone that ends in 91", "Send to")
        await fill_in(stage, "3")
        await stage.expect("number of one of these")
        await stage.press("backspace")
        await fill_in(stage, "1")
        await stage.expect("A code has been sent", "Code")
        await fill_in(stage, "000000")
        await stage.expect("Tries left: 2")
        await stage.press("enter")
        await stage.expect("was refused already")
        assert "Tries left: 1" not in stage.text, "a stray enter costs no try"
        await stage.press(*["backspace"] * 6)
        await fill_in(stage, await code_in(tester, "nadia.haddad@mail.example"))
        for number in range(1, 5):
            await stage.expect(f"Question {number} of 4")
            await fill_in(stage, answers_on(stage, mock))
        await stage.until(
            lambda: stage.app.portal.sign_in.me is not None and stage.app.portal.sign_in.me.level != "Basic"
        )


@pytest.mark.rule("ID-6", "ID-11")
async def test_wrong_answers_are_told_with_the_way_on(start: Start, tester: httpx.AsyncClient, mock: Mock) -> None:
    async with start((80, 24), username="nadia.haddad") as stage:
        await stage.press("escape", "p")
        await stage.expect("P become Premium")
        await stage.press("P")
        await stage.expect("Send to")
        await fill_in(stage, "2")
        await stage.expect("A code has been sent")
        await fill_in(stage, await code_in(tester, "703-555-0191"))
        for number in range(1, 5):
            await stage.expect(f"Question {number} of 4")
            await fill_in(stage, "a" if answers_on(stage, mock) != "a" else "b")
        await stage.expect("Not every answer was right", "ID-6", "ID card office", "to start again")


@pytest.mark.rule("ID-11")
async def test_who_lacks_a_factor_is_told_the_way(start: Start, mock: Mock) -> None:
    with mock.database.begin() as conn:
        conn.exec_driver_sql("update deers set email = '', phone = '' where person_id = '12768804'")
    async with start((80, 24), username="nadia.haddad") as stage:
        await stage.expect("limited: Basic", "It opens Appointments, Refills, Record", "P makes it Premium")
        await stage.press("escape", "2")
        await stage.expect("NADIA HADDAD · your record · limited: Basic", "p, then P become Premium")
        await stage.press("p")
        await stage.expect("P become Premium")
        await stage.press("P")
        await stage.expect("yours alone", "ID card office", "ID-11")


@pytest.mark.rule("DEERS-2")
async def test_what_changed_in_deers_stands_beside_what_the_portal_showed(
    start: Start, visitor: httpx.AsyncClient, tester: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    async with start((120, 40), username="daniel.reyes") as stage:
        await stage.press("p")
        await stage.expect("THE PORTAL BESIDE DEERS", "everything agrees")
        await changed(MilConnect(visitor), passwords, tester)
        await stage.press("f5")
        await stage.expect("changed in DEERS", CHANGED["email"], "daniel.reyes@mail.example")


@pytest.mark.rule("DEERS-2")
async def test_an_error_of_deers_is_shown_with_its_next_step(start: Start, tester: httpx.AsyncClient) -> None:
    await tester.post("/mock/v1/deers", json={"username": "daniel.reyes", "fault": "two birth dates"})
    async with start((120, 40), username="daniel.reyes") as stage:
        await stage.press("p")
        await stage.expect("DEERS CAN'T BE READ", "two birth dates", "milConnect")


@pytest.mark.rule("SESS-3")
async def test_a_circle_is_a_page_with_the_one_fix(start: Start, transport: httpx.ASGITransport) -> None:
    from tests.api_client.test_renewing import Wall

    wall = Wall(transport)
    wall.away = 99
    async with start((80, 24), carried_by=wall) as stage:
        await stage.expect("SIGN IN WITH")
        await stage.press("4")
        await stage.expect("only just accepted", "logout --forget", "--private", "SESS-3")


async def test_a_clock_that_is_far_off_is_told(
    mock: Mock, transport: httpx.ASGITransport, monkeypatch: pytest.MonkeyPatch, passwords: dict[str, str]
) -> None:
    from datetime import UTC, datetime

    mock.clock.set(datetime.now(UTC) + timedelta(hours=3))
    app = GenesisApp(
        Portal(ServerProfile("test", mock.issuer), transport=Elsewhen(transport), keep=False), Settings(theme="dark")
    )
    async with app.run_test(size=(80, 24)) as pilot:
        stage = Session(app, pilot)
        await form(stage, "3", "User name")
        await fill_in(stage, "daniel.reyes", passwords["daniel.reyes"])
        await stage.expect("clock is 180 minutes behind")
    await app.portal.close()
