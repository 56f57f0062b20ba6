"""What a booking, a request and a clipboard may hold, as the server says (APPT-3, APPT-6, CLIP-2)."""

from dataclasses import dataclass

_WORDS = ("no", "one", "two", "three", "four", "five", "six")


@dataclass(frozen=True, slots=True)
class AppointmentLimits:
    """The usual ones; a server that says its own is asked within those."""

    search_days: int = 60
    """As many days one search for slots looks through at most."""
    request_from: int = 5
    """So many days ahead is the first day that can be asked for, and the last one."""
    request_to: int = 120
    half_days: int = 3
    offers: int = 3
    """Slots that a clinic offers for a request at most."""
    reason: int = 250
    """Characters of a reason or a note."""
    answer: int = 10_000
    """Characters of an answer on a clipboard."""

    @property
    def half_days_words(self) -> str:
        """`one to three half-days`."""
        return "one half-day" if self.half_days == 1 else f"one to {_word(self.half_days)} half-days"

    @property
    def offers_words(self) -> str:
        """`up to three slots`."""
        return "one slot" if self.offers == 1 else f"up to {_word(self.offers)} slots"

    @property
    def days_words(self) -> str:
        """`5 to 120 days ahead`."""
        return f"{self.request_from} to {self.request_to} days ahead"


def _word(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else str(number)
