"""S6: CAC and PIV on a real PKCS#11 token whose key can't be taken out."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from genesis_tui.cli.testing.commands import mock as mock_command
from genesis_tui.models.base.errors import CardFault, SignInRefused
from genesis_tui.models.sign_in import Card
from genesis_tui.models.testing import Persona
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.e2e.conftest import START, Server, serving

PIN = "481516"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
BAD = ("expired", "not-yet-valid", "revoked", "untrusted", "no-dod-id", "id-disagrees", "key-usage")


def module() -> str:
    found = next((path for path in MODULES if Path(path).is_file()), "")
    if not found or shutil.which("softhsm2-util") is None:
        pytest.skip("softhsm2: not installed")
    pytest.importorskip("pkcs11", reason="python-pkcs11: not installed", exc_type=ImportError)
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--start", START, "--frozen") as served:
        yield served


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[dict[str, str]]:
    """SoftHSM2 with a good CAC, one of each bad kind, and a PIV; label of the token by what it is."""
    module()
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    made = {"good": make(server, "daniel.reyes"), "piv": make(server, "nadia.haddad", "--piv")}
    made |= {state: make(server, "daniel.reyes", "--state", state) for state in BAD}
    yield made
    os.environ.pop("SOFTHSM2_CONF") if before is None else os.environ.update(SOFTHSM2_CONF=before)


def make(server: Server, username: str, *more: str) -> str:
    """`mock card --softhsm`; the token's label."""
    where = ["--url", server.url, "--token", server.tester_token, "--module", module()]
    ran = CliRunner().invoke(
        mock_command, ["card", *where, "--for", username, "--softhsm", "--pin-stdin", *more], input=PIN
    )
    assert ran.exit_code == 0, ran.output
    return ran.output.split()[-1]


@pytest.fixture
async def portal(server: Server, tokens: dict[str, str]) -> AsyncIterator[Portal]:
    portal = Portal(ServerProfile("test", server.url, card_module=module()), keep=False)
    yield portal
    await portal.close()


async def card_on(portal: Portal, label: str) -> Card:
    (card,) = (card for card in await portal.sign_in.cards() if card.label == label)
    return card


@pytest.mark.rule("ID-1", "ID-2", "ID-3")
async def test_a_key_that_cannot_leave_its_card_signs_in(portal: Portal, tokens: dict[str, str]) -> None:
    card = await card_on(portal, tokens["good"])
    assert (card.holder, card.edipi, card.source, card.needs_pin) == (
        "REYES.DANIEL.1187204453",
        "1187204453",
        "reader",
        True,
    )
    me = await portal.sign_in.by_card("cac", card, PIN)
    assert (me.name, me.method, me.level) == ("Daniel Reyes", "CAC", "Premium")


def test_the_key_can_not_be_taken_out(tokens: dict[str, str]) -> None:
    import pkcs11

    library = pkcs11.lib(module())
    library.reinitialize()
    with library.get_token(token_label=tokens["good"]).open(user_pin=PIN) as session:
        (key,) = session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY})
        assert (key[pkcs11.Attribute.EXTRACTABLE], key[pkcs11.Attribute.SENSITIVE]) == (False, True)
        with pytest.raises(pkcs11.exceptions.AttributeSensitive):
            key[pkcs11.Attribute.PRIVATE_EXPONENT]


@pytest.mark.rule("ID-2")
@pytest.mark.parametrize("pin", ["", "1", "000000", PIN + "0", PIN[:-1]])
async def test_a_wrong_pin_is_told_and_not_tried_again(portal: Portal, tokens: dict[str, str], pin: str) -> None:
    card = await card_on(portal, tokens["good"])
    with pytest.raises(CardFault) as caught:
        await portal.sign_in.by_card("cac", card, pin)
    assert caught.value.reason == "pin-wrong"
    assert caught.value.detail
    assert pin not in repr(caught.value) or not pin.strip("01")
    assert portal.sign_in.me is None
    assert (await portal.sign_in.by_card("cac", card, PIN)).name == "Daniel Reyes"


@pytest.mark.rule("ID-2")
@pytest.mark.parametrize("state", BAD)
async def test_each_bad_certificate_has_its_own_answer(portal: Portal, tokens: dict[str, str], state: str) -> None:
    with pytest.raises(SignInRefused) as caught:
        await portal.sign_in.by_card("cac", await card_on(portal, tokens[state]), PIN)
    assert (caught.value.rule, caught.value.reason) == ("ID-2", f"card-{state}")
    assert caught.value.title
    assert caught.value.next


@pytest.mark.rule("ID-3")
async def test_a_piv_is_registered_once_and_signs_in_from_then_on(
    portal: Portal, tokens: dict[str, str], server: Server
) -> None:
    card = await card_on(portal, tokens["piv"])
    with pytest.raises(SignInRefused) as caught:
        await portal.sign_in.by_card("piv", card, PIN)
    assert (caught.value.rule, caught.value.reason) == ("ID-3", "piv-not-registered")
    password = next(person.password for person in await _people(server) if person.username == "nadia.haddad")
    me = await portal.sign_in.register_piv("nadia.haddad", password)
    assert (me.name, me.method, me.level) == ("Nadia Haddad", "PIV", "Basic")
    assert (await portal.sign_in.by_card("piv", card, PIN)).method == "PIV"


async def _people(server: Server) -> tuple[Persona, ...]:
    os.environ["GENESIS_TUI_MOCK_TOKEN"] = server.tester_token
    asking = Portal(ServerProfile("test", server.url), keep=False)
    people = await asking.connection.personas()
    await asking.close()
    return people


@pytest.mark.rule("ID-2")
async def test_a_card_that_was_taken_out_is_told(portal: Portal, tokens: dict[str, str]) -> None:
    card = Card("reader:00:00", "gone", "NOBODY", "", None, "reader", needs_pin=True)
    with pytest.raises(CardFault) as caught:
        await portal.sign_in.by_card("cac", card, PIN)
    assert caught.value.reason == "no-card"


async def test_without_the_extra_the_way_to_get_it_is_told(
    portal: Portal, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(CardFault, match="no-module") as caught:
        await portal.sign_in.cards()
    assert "genesis-tui[cac]" in caught.value.next


async def test_a_library_that_is_not_there_is_named(server: Server) -> None:
    portal = Portal(ServerProfile("test", server.url, card_module="/nowhere/lib.so"), keep=False)
    with pytest.raises(CardFault) as caught:
        await portal.sign_in.cards()
    assert "/nowhere/lib.so" in caught.value.title
    await portal.close()
