"""The rows of the sign-in screen: host and its checks, ways to sign in, invented people (HOST-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.sign_in import Card, Host, MethodKind, SignedIn, SignInMethod, Trust
from genesis_tui.models.testing import Persona
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, left, right, wrap
from genesis_tui.widgets.drawing.lines import Line, Span, spread
from genesis_tui.widgets.page import Para, para_lines
from genesis_tui.widgets.virtual_list import RowView, VirtualList

PHONE = 60
_SIGN_ROLES = {"✓": "ok", "!": "abnormal", "✗": "critical bold"}
_STATES = {"locked": "locked", "mismatch": "mismatch", "support": "no records"}


@dataclass(frozen=True, slots=True)
class HostRow:
    """Badge and address."""

    host: Host


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One line of verification."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class AccountAction:
    """Something else that can be done here, with the letter that does it."""

    id: str
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A way in, a card, a person or a deed, with the key that chooses it (empty past the tenth person)."""

    digit: str
    target: SignInMethod | Persona | AccountAction | Card


Entry = HostRow | CheckRow | ChoiceRow | Para

OPEN = AccountAction("open", "Open", "no sign-in is needed here: choose a patient")
REGISTER = AccountAction("register", "Register", "make a DS Logon, with your DEERS record")
FORGOT = AccountAction("forgot", "Forgot", "a new password, by a code to your DEERS e-mail")
COPY = AccountAction("copy", "Offline", "read what is kept on this computer, with its passphrase")
LEAVE = AccountAction("leave", "Sign out", "close everything that was open")
LETTERS = {MethodKind.BROWSER: "b", MethodKind.DEVICE: "d"}
"""Keys of the ways that have no digit, so that people keep theirs."""
KEYS = {"register": "r", "forgot": "f", "copy": "o", "leave": "x"}


def way_choices(ways: Sequence[SignInMethod]) -> list[ChoiceRow]:
    """Ways typed or signed here by digit, those on the server's own pages by letter; alone they have a digit too."""
    here = [way for way in ways if way.kind not in LETTERS]
    elsewhere = [way for way in ways if way.kind in LETTERS]
    numbered = [ChoiceRow(str(n), way) for n, way in enumerate(here or elsewhere, 1)]
    return numbered if not here else [*numbered, *(ChoiceRow(LETTERS[way.kind], way) for way in elsewhere)]


def deed_choices(*deeds: AccountAction) -> list[ChoiceRow]:
    """Deeds by their letters."""
    return [ChoiceRow(KEYS[deed.id], deed) for deed in deeds]


def title_of(choice: ChoiceRow) -> str:
    """What it is called."""
    match choice.target:
        case Persona() as persona:
            return persona.name
        case Card() as card:
            return card.holder
        case SignInMethod() | AccountAction() as named:
            return named.title


def trusted(host: Host) -> bool:
    """HOST-2: every check line shows `✓` or `!`; only then is there anything to choose or to type."""
    return bool(host.checks) and all(check.sign in ("✓", "!") for check in host.checks)


def host_rows(host: Host) -> list[Entry]:
    """The host block."""
    return [_heading("Host"), HostRow(host), *(CheckRow(c.sign, c.text) for c in host.checks)]


def choice_rows(host: Host, personas: Sequence[Persona], notes: Mapping[str, str] | None = None) -> list[Entry]:
    """Ways in, what else can be done, then people; nothing at all for a host that was not verified.

    `notes` say more of a way than its server does, by id: what is in the card reader.
    """
    if not trusted(host):
        return []
    if host.open:
        return [Para(), _heading("Sign in with"), ChoiceRow("1", OPEN)]
    offered = way_choices([replace(way, note=(notes or {}).get(way.id, way.note)) for way in host.methods])
    rows: list[Entry] = [Para(), _heading("Sign in with"), *offered]
    if not offered:
        rows.append(Para("This server offers no way to sign in that works in a terminal.", "abnormal"))
    rows += deed_choices(REGISTER, FORGOT) if host.accounts and offered else []
    picked = [who for who in personas if who.username]
    if picked and offered:
        digits = [*"1234567890"[sum(choice.digit.isdigit() for choice in offered) :], *[""] * len(picked)]
        rows += [Para(), _heading("Or as a test person")]
        rows += [ChoiceRow(digit, who) for digit, who in zip(digits, picked, strict=False)]
    return rows


def locked_rows(host: Host, personas: Sequence[Persona], me: SignedIn) -> list[Entry]:
    """SESS-2: the same way in again, and nothing of what is open."""
    same = [way for way in host.methods if way.title == me.method] or list(host.methods)
    rows: list[Entry] = [
        Para(),
        _heading("Locked"),
        Para(f"{me.name} is locked. Sign in again to go on where you were."),
        Para(),
        *way_choices(same),
    ]
    taken = sum(choice.digit.isdigit() for choice in way_choices(same))
    picked = [who for who in personas if who.name == me.name and who.username]
    rows += [ChoiceRow(str(n), who) for n, who in enumerate(picked, taken + 1)]
    return [*rows, *deed_choices(LEAVE)]


def card_rows(cards: Sequence[Card]) -> list[Entry]:
    """Which of several cards."""
    return [Para(), _heading("Which card"), *(ChoiceRow(str(n), card) for n, card in enumerate(cards, 1))]


def account_line(target: object, width: int) -> str:
    """`user name daniel.reyes · password …`; where it is narrow without the words; empty for what is no person."""
    if not isinstance(target, Persona):
        return ""
    named = f"user name {target.username} · password {target.password}"
    return symbols.shown(named if width >= PHONE else f"{target.username} · {target.password}")


def _heading(text: str) -> Para:
    return Para(text.upper(), "muted bold")


class SignInRowView(RowView[Entry]):
    """How they are drawn: people take one row, two where it is narrow."""

    def key(self, row: Entry) -> str:
        """By digit and name."""
        if isinstance(row, ChoiceRow):
            return f"{row.digit} {title_of(row)}"
        return ""

    def selectable(self, row: Entry) -> bool:
        return isinstance(row, ChoiceRow)

    def heights(self, rows: Sequence[Entry], width: int) -> list[int]:
        return [len(self.draw(row, width)) for row in rows]

    def draw(self, row: Entry, width: int) -> list[Line]:
        match row:
            case HostRow(host):
                fill = {Trust.MOCK: "mock", Trust.MIL: "mil"}.get(host.trust, "host")
                address = fit(host.address, width - len(host.trust.value) - 5)
                return [[(" ", ""), (f" {host.trust.value} ", f"bold on-{fill}"), (f" {address}", "bold")]]
            case CheckRow(sign, text):
                return _check_lines(sign, text, width)
            case ChoiceRow(digit, SignInMethod() | AccountAction() as named):
                return [[*_digit(digit), (left(named.title, 10), "bold"), (fit(named.note, width - 16), "muted")]]
            case ChoiceRow(digit, Card() as card):
                until = "" if card.expires is None else f"  until {card.expires:%d %b %Y}"
                return [[*_digit(digit), (fit(f"{card.holder}  {card.label}{until}", width - 6), "")]]
            case ChoiceRow(digit, Persona() as persona):
                return _persona_lines(digit, persona, width)
            case Para():
                return para_lines(row, width)
        return []


def _digit(digit: str) -> list[Span]:
    return [(f"  {digit or ' '}  ", "accent bold")]


def _check_lines(sign: str, text: str, width: int) -> list[Line]:
    first, *rest = wrap(text, max(10, width - 4))
    role = "critical" if sign == "✗" else ""
    head: list[Span] = [(" ", ""), (sign, f"sign {_SIGN_ROLES.get(sign, '')}"), (f" {first}", role)]
    return [head, *([("   ", ""), (line, role)] for line in rest)]


def _persona_lines(digit: str, persona: Persona, width: int) -> list[Line]:
    state = _STATES.get(persona.state, persona.state)
    how = state or symbols.shown(f"DS Logon · {persona.level}")
    role = "critical" if persona.state in ("locked", "mismatch") else "muted"
    if width < PHONE:
        name: Line = [*_digit(digit), (fit(persona.name, width - 6), "")]
        story = fit(persona.story, width - 7 - len(state)) if state else fit(persona.story, width - 6)
        return [name, spread([("     ", ""), (story, "muted")], [(state + " ", role)] if state else [], width)]
    story = left(fit(persona.story, width - 44), width - 44)
    return [
        [*_digit(digit), (left(persona.name, 18), ""), (" ", ""), (story, "muted"), (" ", ""), (right(how, 18), role)]
    ]


class SignInList(VirtualList[Entry]):
    """Methods and people."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "sign in", id="sign_in.open")]
