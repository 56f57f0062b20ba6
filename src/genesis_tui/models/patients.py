"""People as a FHIR server lists them, for choosing whose record to open where nobody's family is known."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Patient:
    """One person. Dates are as precise as the server has them: `1987-03-02`, `1987-03`, `1987`, or empty."""

    id: str
    name: str
    """As it prints, given names first; the id where the server has no name."""
    given: str = ""
    family: str = ""
    birth_date: str = ""
    sex: str = ""
    """`female`, `male`, `other`, `unknown`, or empty."""
    deceased: str = ""
    """The day of death; `yes` where only that is known; empty for the living."""

    def age(self, today: date) -> int | None:
        """Whole years, at death for the dead; None where the day of birth or death is not known to the day."""
        born, end = _day(self.birth_date), _day(self.deceased) if self.deceased else today
        if born is None or end is None or end < born:
            return None
        return end.year - born.year - ((end.month, end.day) < (born.month, born.day))

    def fits(self, text: str) -> bool:
        """Whether each word typed begins a word of the name, or all of it begins the id."""
        words = self.name.casefold().replace("-", " ").split() + self.name.casefold().split()
        wanted = text.casefold().split()
        return self.id.casefold().startswith(text.strip().casefold()) or all(
            any(word.startswith(part) for word in words) for part in wanted
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) >= 10 else None
    except ValueError:
        return None
