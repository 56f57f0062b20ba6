"""The question before a booking, a request or a move; a slot that is gone leads back to those that are there."""

from collections.abc import Awaitable, Callable

from genesis_tui.models.appointments.booking import NotBooked, half_days_text, minutes_text, slot_text, viewer_text
from genesis_tui.models.appointments.wording import long_text
from genesis_tui.models.base.errors import ApiError
from genesis_tui.screens.appointments.booking.choices import Choices
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.widgets.page import Para, fact

KEPT = "If the new time is gone you keep the old one."
FINAL = "You can cancel or move it until it starts."
ANSWERED = "The scheduling team answers here: booked, up to three slots to choose from, or why not."


def preview_of(choices: Choices, zone: str) -> ActPreview:
    """What a person reads before they say yes; `zone` is theirs."""
    if choices.asking:
        act, verb, final = "Ask for an appointment", "ask", ANSWERED
    elif choices.moving is not None:
        act, verb, final = "Move this appointment", "move", KEPT
    else:
        act, verb, final = "Book this appointment", "book", FINAL
    return ActPreview(choices.patient, act, verb, tuple(_facts(choices, zone)), final, choices.past)


def _facts(choices: Choices, zone: str) -> list[Para]:
    visit, clinic, slot = choices.visit, choices.clinic, choices.slot
    rows = [fact("Visit", f"{visit.title}, {minutes_text(visit.minutes)}")] if visit is not None else []
    if clinic is not None:
        rows.append(fact("Clinic", clinic.name))
    if choices.moving is not None:
        rows.append(fact("Now", long_text(choices.moving)))
    if choices.asking:
        rows.append(fact("When", half_days_text(list(choices.halves))))
    elif slot is not None:
        rows.append(fact("When", slot_text(slot)))
        yours = viewer_text(slot.local, zone)
        rows += [fact("Your time", yours, "pending")] if yours else []
    return [*rows, *([fact("Reason", choices.reason.strip())] if choices.reason.strip() else [])]


class BookingReview(Confirm):
    """`y` books, asks or moves; what the server offers instead goes back to the form."""

    def __init__(
        self,
        preview: ActPreview,
        act: Callable[[], Awaitable[object]],
        instead: Callable[[NotBooked], None],
        later: Callable[[ApiError | None], None],
    ) -> None:
        """`instead`: told of a slot that is not to be had; `later`: of what became of it once this is closed."""
        super().__init__(preview, act)
        self._instead = instead
        self._later = later

    def _ended(self, error: ApiError | None) -> None:
        if isinstance(error, NotBooked):
            self.dismiss(False)
            self._instead(error)
        else:
            super()._ended(error)

    def ended_later(self, error: ApiError | None) -> None:
        super().ended_later(error)
        self._later(error)
