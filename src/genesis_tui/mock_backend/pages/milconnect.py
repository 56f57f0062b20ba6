"""`/milconnect`: the bundled milConnect, on which a test person changes what DEERS holds of them (DEERS-4)."""

import re
from collections.abc import Mapping
from html import escape

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from genesis_tui.mock_backend.database.family.deers import change_deers
from genesis_tui.mock_backend.database.family.people import deers_row
from genesis_tui.mock_backend.database.sign_in.accounts import account_by_username
from genesis_tui.mock_backend.http.description import HTML, answers
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.authentication.password import SignInRejected, credentials, enter
from genesis_tui.mock_backend.oauth.html.csrf import PageKind, SubmittedForm, first_page, sent_back
from genesis_tui.mock_backend.oauth.html.page import alerted, area, button, field, form, page, sign_in_fields
from genesis_tui.mock_backend.oauth.models import PageForm
from genesis_tui.mock_backend.rules.decision import Allowed

PATH = "/milconnect"
KIND = PageKind("milconnect", "genesis_milconnect", PATH)
MISMATCH = "deers-mismatch"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,24}")
router = APIRouter(prefix=PATH, tags=["milconnect"])


@router.get("", **answers(media=HTML))
async def milconnect(request: Request) -> Response:
    """The sign-in, or what DEERS holds for whoever has signed in here in this browser."""
    mock: Mock = request.app.state.mock
    person_id = mock.visits.visitor(request.cookies.get(KIND.cookie, ""), now=mock.clock.micros())
    if person_id:
        cookie = request.cookies[KIND.cookie]
        return _record(mock, person_id, mock.sign_ins.seal(KIND.name, cookie))
    return first_page(mock, KIND, _sign_in)


@router.post("", **answers(media=HTML, pages=(400, 403, 429), form=PageForm))
async def answered(request: Request) -> Response:
    """What was sent: a sign-in, a change of DEERS, or signing out."""
    mock: Mock = request.app.state.mock
    sent = await sent_back(request, KIND)
    if isinstance(sent, Response):
        return sent
    person_id = mock.visits.visitor(sent.cookie, now=mock.clock.micros())
    if sent.form.get("choice") == "leave":
        mock.visits.end(sent.cookie)
        return page("Signed out of milConnect", "<p>Close this page.</p>")
    if not person_id:
        return await _enter(mock, sent, request.scope["entry"].id)
    return _save(mock, person_id, sent, request.scope["entry"].id)


async def _enter(mock: Mock, sent: SubmittedForm, request_id: str) -> Response:
    """By DS Logon. Whoever differs from DEERS gets in: this is the place to see that."""
    typed = credentials(sent.form)
    if typed is None:
        return _sign_in(sent.seal, alert="Type a user name and a password.")
    entered = await enter(mock, *typed, request_id=request_id)
    if isinstance(entered, SignInRejected) and entered.refused.reason != MISMATCH:
        left = "" if entered.tries_left is None else f" {entered.tries_left} tries left."
        return _sign_in(sent.seal, alert=f"{entered.refused.title}{left} {entered.refused.next}")
    with mock.database.begin() as conn:
        account = account_by_username(conn, typed[0])
    assert account is not None
    mock.visits.begin(sent.cookie, account.person_id, now=mock.clock.micros())
    return _record(mock, account.person_id, sent.seal)


def _save(mock: Mock, person_id: str, sent: SubmittedForm, request_id: str) -> Response:
    fields = {name: sent.form.get(name, "").replace("\r\n", "\n").strip() for name in ("address", "email", "phone")}
    wrong = _wrong(fields)
    if wrong:
        return _record(mock, person_id, sent.seal, alert=wrong, typed=fields)
    with mock.database.begin() as conn:
        change_deers(conn, person_id, fields)
    mock.note(Allowed("DEERS-4"), "deers-change", who_id=person_id, for_id=person_id, request_id=request_id)
    return _record(mock, person_id, sent.seal, saved=True)


def _wrong(fields: Mapping[str, str]) -> str:
    """Which field is wrong and how; empty where none is."""
    lines = fields["address"].split("\n")
    if not fields["address"] or len(lines) > 4 or any(len(line) > 80 for line in lines):
        return "Address: one to four lines of at most 80 characters."
    if _EMAIL.fullmatch(fields["email"]) is None:
        return "E-mail: write it as name@example.org."
    if fields["phone"] and _PHONE.fullmatch(fields["phone"]) is None:
        return "Phone: digits, with a + in front for other countries."
    return ""


def _sign_in(seal: str, alert: str = "") -> Response:
    text = (
        "<p>This is a test stand-in for milConnect, with invented people: type no real password. Sign in with DS Logon "
        "to see and change what DEERS holds of you.</p>"
    )
    return page("milConnect", alerted(alert) + text + form(sign_in_fields(), {"seal": seal}, PATH))


def _record(
    mock: Mock,
    person_id: str,
    seal: str,
    *,
    alert: str = "",
    saved: bool = False,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with mock.database.begin() as conn:
        held = _held(conn, person_id)
    shown = dict(typed) if typed is not None else held
    changes = (
        area("Address", "address", shown["address"])
        + field("E-mail", "email", value=shown["email"], autocomplete="email")
        + field("Phone", "phone", value=shown["phone"], autocomplete="tel", required=False)
        + button("Save", "choice", "save")
    )
    fixed = "".join(
        f"<dt>{title}</dt><dd>{escape(held[name])}</dd>"
        for name, title in (("name", "Name"), ("birth_date", "Birth date"), ("dod_id", "DoD ID"))
    )
    done = '<p role="status">Saved. The portal shows it at its next read.</p>' if saved else ""
    content = (
        f"{alerted(alert)}{done}<dl>{fixed}</dl><p>Name, birth date and DoD ID are changed at an ID card office "
        f"(RAPIDS).</p>{form(changes, {'seal': seal}, PATH)}"
        f"{form(button('Sign out', 'choice', 'leave'), {'seal': seal}, PATH)}"
    )
    return page("What DEERS holds of you", content)


def _held(conn: Connection, person_id: str) -> dict[str, str]:
    row = deers_row(conn, person_id)
    if row is None:
        return dict.fromkeys(("name", "birth_date", "dod_id", "address", "email", "phone"), "")
    held = {name: str(row[name]) for name in ("birth_date", "dod_id", "address", "email", "phone")}
    return held | {"name": f"{row['given']} {row['family']}"}
