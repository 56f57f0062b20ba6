"""`/card-office`: the mock's ID card office (RAPIDS), for testers with the tester token (DEERS-3, ID-11).

Here somebody proves in person who they are: name, birth date and DoD ID are mended, e-mail and phone are good at once,
and whoever lacks what remote proofing needs becomes Premium.
"""

import hmac
from collections.abc import Mapping
from html import escape

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from genesis_tui.mock_backend.database.family.deers import rewrite_deers
from genesis_tui.mock_backend.database.family.people import deers_row, level_of
from genesis_tui.mock_backend.database.sign_in.accounts import (
    Account,
    account_by_id,
    account_by_username,
    person_with,
    set_level,
)
from genesis_tui.mock_backend.http.description import HTML, answers
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.html.csrf import PageKind, SubmittedForm, first_page, sent_back
from genesis_tui.mock_backend.oauth.html.page import alerted, area, button, field, form, page
from genesis_tui.mock_backend.oauth.models import DeersForm
from genesis_tui.mock_backend.pages import deers_fields
from genesis_tui.mock_backend.rules.decision import Allowed
from genesis_tui.mock_backend.rules.family.deers import differing
from genesis_tui.mock_backend.rules.sign_in.levels import Level

PATH = "/card-office"
KIND = PageKind("card-office", "genesis_card_office", PATH)
IDENTITY = ("given", "family", "birth_date", "dod_id")
TITLES = {"given": "Given name", "family": "Family name", **deers_fields.FIXED, **deers_fields.CHANGED}
router = APIRouter(prefix=PATH, tags=["tester"])


@router.get("", **answers(media=HTML))
async def office(request: Request) -> Response:
    """Who stands at the counter."""
    return first_page(request.app.state.mock, KIND, _counter)


@router.post("", **answers(media=HTML, pages=(400,), form=DeersForm))
async def answered(request: Request) -> Response:
    """Who it is, what DEERS is to hold, or that they are who they say."""
    mock: Mock = request.app.state.mock
    sent = await sent_back(request, KIND)
    if isinstance(sent, Response):
        return sent
    if sent.form.get("choice") == "open":
        return _open(mock, sent)
    person_id = mock.at_counter.visitor(sent.cookie, now=mock.clock.micros())
    if not person_id:
        return _counter(sent.seal, alert="Begin again.")
    if sent.form.get("choice") == "prove":
        return _prove(mock, person_id, sent, request.scope["entry"].id)
    return _save(mock, person_id, sent, request.scope["entry"].id)


def _open(mock: Mock, sent: SubmittedForm) -> Response:
    if not hmac.compare_digest(sent.form.get("token", "").encode(), mock.tester_token.encode()):
        return _counter(sent.seal, alert="That is not the tester token that this mock printed.")
    who = sent.form.get("who", "").strip()
    with mock.database.begin() as conn:
        account = account_by_username(conn, who)
        person_id = person_with(conn, who) if account is None else account.person_id
    if not person_id:
        return _counter(sent.seal, alert="Nobody goes by this user name or DoD ID.")
    mock.at_counter.begin(sent.cookie, person_id, now=mock.clock.micros())
    return _record(mock, person_id, sent.seal)


def _save(mock: Mock, person_id: str, sent: SubmittedForm, request_id: str) -> Response:
    names = (*IDENTITY, *deers_fields.CHANGED)
    fields = {name: sent.form.get(name, "").replace("\r\n", "\n").strip() for name in names}
    wrong = deers_fields.wrong_identity(fields) or (fields["email"] and deers_fields.wrong(fields))
    if wrong:
        return _record(mock, person_id, sent.seal, alert=wrong, typed=fields)
    with mock.database.begin() as conn:
        rewrite_deers(conn, person_id, fields)
    mock.note(Allowed("DEERS-3"), "deers-change", who_id="", for_id=person_id, request_id=request_id)
    return _record(mock, person_id, sent.seal, done="Saved. The next sign-in, and the portal's next read, have it.")


def _prove(mock: Mock, person_id: str, sent: SubmittedForm, request_id: str) -> Response:
    with mock.database.begin() as conn:
        has_account = level_of(conn, person_id) is not None
        set_level(conn, person_id, Level.PREMIUM)
    if not has_account:
        return _record(mock, person_id, sent.seal, alert="There is no DS Logon yet: register one first.")
    mock.note(Allowed("ID-11"), "proofing", who_id="", for_id=person_id, request_id=request_id)
    return _record(mock, person_id, sent.seal, done="The DS Logon is Premium from the next sign-in on.")


def _counter(seal: str, alert: str = "") -> Response:
    text = "<p>A stand-in for an ID card office (RAPIDS), for testers. The token is the one that the mock printed.</p>"
    typed = (
        field("Tester token", "token", kind="password")
        + field("User name or DoD ID", "who")
        + button("Call to the counter", "choice", "open")
    )
    return page("ID card office", alerted(alert) + text + form(typed, {"seal": seal}, PATH))


def _record(
    mock: Mock, person_id: str, seal: str, *, alert: str = "", done: str = "", typed: Mapping[str, str] | None = None
) -> Response:
    with mock.database.begin() as conn:
        held, account = deers_fields.held(deers_row(conn, person_id)), account_by_id(conn, person_id)
    different = () if account is None or account.deers is None else differing(account.identity, account.deers)
    shown = dict(typed) if typed is not None else held
    inputs = "".join(field(TITLES[name], name, value=shown[name]) for name in IDENTITY)
    inputs += area(TITLES["address"], "address", shown["address"])
    inputs += "".join(field(TITLES[name], name, value=shown[name], required=False) for name in ("email", "phone"))
    told = "".join(f'<p role="status">{one}</p>' for one in (done, *_beside(different, account)) if one)
    content = (
        f"{alerted(alert)}{told}{form(inputs + button('Save', 'choice', 'save'), {'seal': seal}, PATH)}"
        f"{form(button('Proved in person: make the DS Logon Premium', 'choice', 'prove'), {'seal': seal}, PATH)}"
    )
    return page("What DEERS holds", content)


def _beside(different: tuple[str, ...], account: Account | None) -> list[str]:
    """DEERS-3: what the portal's account has where it differs; whoever has the tester token may see it."""
    if account is None:
        return []
    own = account.identity
    has = {"name": f"{own.given} {own.family}", "birth_date": own.birth_date.isoformat(), "dod_id": own.dod_id}
    return [escape(f"{TITLES[name]}: the portal's account has {has[name]}.") for name in different]
