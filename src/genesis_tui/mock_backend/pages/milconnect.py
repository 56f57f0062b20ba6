"""`/milconnect`: the bundled milConnect, on which a test person changes what DEERS holds of them (DEERS-4, ID-11)."""

from collections.abc import Mapping
from html import escape

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from genesis_tui.mock_backend.database.family.deers import CONTACTS, change_deers
from genesis_tui.mock_backend.database.family.people import deers_row, level_of
from genesis_tui.mock_backend.database.sign_in.accounts import account_by_id, account_by_username
from genesis_tui.mock_backend.http.description import HTML, answers
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.authentication import codes
from genesis_tui.mock_backend.oauth.authentication.codes import CodeFor, CodePurpose
from genesis_tui.mock_backend.oauth.authentication.password import SignInRejected, credentials, enter
from genesis_tui.mock_backend.oauth.html.csrf import PageKind, SubmittedForm, first_page, sent_back
from genesis_tui.mock_backend.oauth.html.page import alerted, area, button, field, form, page, sign_in_fields
from genesis_tui.mock_backend.oauth.models import DeersForm
from genesis_tui.mock_backend.pages import deers_fields
from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.family.deers import differing, how_to_mend
from genesis_tui.mock_backend.rules.sign_in.contacts import TITLES, is_masked, masked
from genesis_tui.mock_backend.rules.sign_in.levels import Level

PATH = "/milconnect"
KIND = PageKind("milconnect", "genesis_milconnect", PATH)
MISMATCH = "deers-mismatch"
NO_OLD_ONE = "DEERS holds no e-mail or phone of yours that a code could go to: an ID card office (RAPIDS) changes it."
ONE_AT_A_TIME = "E-mail and phone: change one after the other, each takes a code."
Fields = dict[str, str]
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


@router.post("", **answers(media=HTML, pages=(400, 403, 429), form=DeersForm))
async def answered(request: Request) -> Response:
    """What was sent: a sign-in, a change of DEERS, its code, or signing out."""
    mock: Mock = request.app.state.mock
    sent = await sent_back(request, KIND)
    if isinstance(sent, Response):
        return sent
    person_id, request_id = mock.visits.visitor(sent.cookie, now=mock.clock.micros()), request.scope["entry"].id
    if sent.form.get("choice") == "leave":
        mock.visits.end(sent.cookie)
        return page("Signed out of milConnect", "<p>Close this page.</p>")
    if not person_id:
        return await _enter(mock, sent, request_id)
    return _change(mock, person_id, sent, request_id)


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


def _change(mock: Mock, person_id: str, sent: SubmittedForm, request_id: str) -> Response:
    """The address is changed at once; e-mail and phone once a code came back from where DEERS reaches the person."""
    with mock.database.begin() as conn:
        held, fields = _held(conn, person_id), _typed(conn, person_id, sent.form)
        wrong = deers_fields.wrong(fields)
        if wrong:
            return _record(mock, person_id, sent.seal, alert=wrong, typed=fields)
        kinds = [kind for kind in CONTACTS if fields[kind] != held[kind]]
        if len(kinds) > 1:
            return _record(mock, person_id, sent.seal, alert=ONE_AT_A_TIME, typed=fields)
        if kinds:
            page_or_none = _prove_contact(mock, conn, person_id, kinds[0], held, fields, sent)
            if page_or_none is not None:
                return page_or_none
        change_deers(conn, person_id, fields, at=mock.clock.micros())
    mock.note(Allowed("DEERS-4"), "deers-change", who_id=person_id, for_id=person_id, request_id=request_id)
    return _record(mock, person_id, sent.seal, saved=True)


def _prove_contact(
    mock: Mock, conn: Connection, person_id: str, kind: str, held: Fields, fields: Fields, sent: SubmittedForm
) -> Response | None:
    """ID-11: the page for the code to the old contact; None once the right one came. Where there is no old one of the
    kind, the code goes to the other."""
    code_for = CodeFor(CodePurpose.DEERS, f"{person_id}:{kind}")
    if sent.form.get("choice") == "confirm":
        decision, left = codes.use_code(mock, conn, code_for, sent.form.get("code", "").strip())
        if not isinstance(decision, Refused):
            codes.drop_code(mock, conn, code_for)
            return None
        alert = decision.title if left is None else f"{decision.title} {left} tries left."
        return _code(sent.seal, kind, fields, alert=f"{alert} {decision.next}")
    old = held[kind] or next((held[other] for other in CONTACTS if held[other]), "")
    if not old:
        return _record(mock, person_id, sent.seal, alert=NO_OLD_ONE, typed=fields)
    decision = codes.send_code(mock, conn, code_for, person_id=person_id, receiver=old)
    if isinstance(decision, Refused):
        return _record(mock, person_id, sent.seal, alert=f"{decision.title} {decision.next}", typed=fields)
    return _code(sent.seal, kind, fields)


def _typed(conn: Connection, person_id: str, sent: Mapping[str, str]) -> Fields:
    """What is to be; a field that was shown masked, and left as it was, stays."""
    held = _held(conn, person_id)
    keep = is_masked(level_of(conn, person_id) or Level.BASIC)
    typed = {name: sent.get(name, "").replace("\r\n", "\n").strip() for name in deers_fields.CHANGED}
    return {name: held[name] if keep and not text else text for name, text in typed.items()}


def _sign_in(seal: str, alert: str = "") -> Response:
    text = (
        "<p>This is a test stand-in for milConnect, with invented people: type no real password. Sign in with DS Logon "
        "to see and change what DEERS holds of you.</p>"
    )
    return page("milConnect", alerted(alert) + text + form(sign_in_fields(), {"seal": seal}, PATH))


def _code(seal: str, kind: str, fields: Fields, alert: str = "") -> Response:
    typed = field("Code (6 digits)", "code", autocomplete="one-time-code") + button("Change it", "choice", "confirm")
    text = f"<p>{TITLES[kind]}: a code is on its way to the one that DEERS holds now. Type it to change it.</p>"
    again = form(button("Send another code", "choice", "save"), {"seal": seal, **fields}, PATH)
    return page("Change what DEERS holds", alerted(alert) + text + form(typed, {"seal": seal, **fields}, PATH) + again)


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
        held, different = _held(conn, person_id), _different(conn, person_id)
        hidden = is_masked(level_of(conn, person_id) or Level.BASIC)
    shown = masked(held) if hidden else held
    filled = dict(typed) if typed is not None else dict.fromkeys(held, "") if hidden else held
    if hidden:
        filled = {name: "" if text == held[name] else text for name, text in filled.items()}
    fixed = "".join(
        f"<dt>{title}</dt><dd>{escape(shown[name])}</dd>"
        for name, title in (deers_fields.FIXED | deers_fields.CHANGED if hidden else deers_fields.FIXED).items()
    )
    masks = "<p>Your DS Logon is Basic, so this is masked. What you leave empty stays as it is.</p>" if hidden else ""
    done = '<p role="status">Saved. The portal shows it at its next read.</p>' if saved else ""
    content = (
        f"{alerted(alert)}{alerted(how_to_mend(different))}{done}<dl>{fixed}</dl><p>Name, birth date and DoD ID are "
        f"changed at an ID card office (RAPIDS). E-mail and phone are changed with a code to the old one.</p>{masks}"
        f"{form(_inputs(filled, required=not hidden), {'seal': seal}, PATH)}"
        f"{form(button('Sign out', 'choice', 'leave'), {'seal': seal}, PATH)}"
    )
    return page("What DEERS holds of you", content)


def _inputs(filled: Mapping[str, str], *, required: bool) -> str:
    return (
        area("Address", "address", filled["address"])
        + field("E-mail", "email", value=filled["email"], autocomplete="email", required=required)
        + field("Phone", "phone", value=filled["phone"], autocomplete="tel", required=False)
        + button("Save", "choice", "save")
    )


def _different(conn: Connection, person_id: str) -> tuple[str, ...]:
    """DEERS-3: on which fields the portal's account and DEERS differ."""
    account = account_by_id(conn, person_id)
    return () if account is None or account.deers is None else differing(account.identity, account.deers)


def _held(conn: Connection, person_id: str) -> Fields:
    return deers_fields.held(deers_row(conn, person_id))
