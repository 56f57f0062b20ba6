"""How people are drawn: in the quick switcher and in the Family place (MOCKUPS §7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from genesis_tui.models.people import Access, FamilyMember
from genesis_tui.themes import patient_word
from genesis_tui.widgets.cells import fit, left, right
from genesis_tui.widgets.ink import Line, Span, spread
from genesis_tui.widgets.record_list import RowView

PHONE = 56
_ACCESS_ROLES = {Access.FULL: "", Access.LIMITED: "", Access.NONE: "critical"}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person; `open` where theirs is the record that is open now."""

    person: FamilyMember
    open: bool = False


def relation_age(person: FamilyMember) -> str:
    """`you`, or `daughter, 8`."""
    return "you" if person.relation == "you" else f"{person.relation}, {person.age}"


def access_words(person: FamilyMember) -> str:
    """`full access`, `limited access`, `no access`."""
    return f"{person.access.value} access"


def news_words(person: FamilyMember) -> str:
    """`3 new, 1 unread`; `nothing new`; for a closed record how it can be opened."""
    if person.access is Access.NONE:
        return "ask for access: enter"
    counts = (person.new_results and f"{person.new_results} new", person.unread and f"{person.unread} unread")
    return ", ".join(c for c in counts if c) or "nothing new"


def matching(people: Sequence[FamilyMember], text: str) -> list[FamilyMember]:
    """People whose name or relation has a word that begins with each word typed."""
    wanted = text.casefold().split()
    return [p for p in people if all(any(w.startswith(part) for w in _words(p)) for part in wanted)]


def _words(person: FamilyMember) -> list[str]:
    return f"{person.name} {person.relation}".casefold().split()


class PersonView(RowView[PersonRow]):
    """Two rows a person; three where it is narrow. The stripe is in the person's colour."""

    def key(self, row: PersonRow) -> str:
        """The person."""
        return row.person.id

    def heights(self, rows: Sequence[PersonRow], width: int) -> int:
        """Equal for all."""
        return 3 if width < PHONE else 2

    def draw(self, row: PersonRow, width: int) -> list[Line]:
        """Name, relation, access with its reason, what is new."""
        return _narrow(row, width) if width < PHONE else _wide(row, width)


def _stripe(person: FamilyMember) -> Span:
    return ("▎", f"sign {patient_word(person.number)}-ink")


def _news_role(person: FamilyMember) -> str:
    return "unread" if person.access is not Access.NONE and (person.new_results or person.unread) else "muted"


def _head(person: FamilyMember, name_width: int) -> list[Span]:
    digit = str(person.number) if person.number < 10 else " "
    name = left(person.name.upper(), name_width)
    return [_stripe(person), (f" {digit} ", "accent bold"), (name + " ", f"{patient_word(person.number)}-ink bold")]


def _wide(row: PersonRow, width: int) -> list[Line]:
    person = row.person
    name_width = max(14, width - 57)
    news = right(news_words(person), width - name_width - 35)
    first: Line = [
        *_head(person, name_width),
        (left(relation_age(person), 13) + " ", ""),
        (left(access_words(person), 14) + " ", _ACCESS_ROLES[person.access]),
        (news, _news_role(person)),
    ]
    here = "open now" if row.open else ""
    why = fit(person.why, width - name_width - 20)
    return [first, [_stripe(person), (f"   {left(here, name_width + 14)} ", "ok"), (why, "muted")]]


def _narrow(row: PersonRow, width: int) -> list[Line]:
    person = row.person
    start = _head(person, 14)
    relation: list[Span] = [(fit(relation_age(person), width - 19), "")]
    here: list[Span] = [("open now ", "ok")] if row.open else []
    access = f"{access_words(person)}: {person.why}" if person.relation != "you" else access_words(person)
    return [
        spread([*start, *relation], here, width),
        [_stripe(person), (f"   {fit(access, width - 5)}", _ACCESS_ROLES[person.access])],
        [_stripe(person), (f"   {fit(news_words(person), width - 5)}", _news_role(person))],
    ]
