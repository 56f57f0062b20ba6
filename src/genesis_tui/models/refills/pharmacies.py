"""Where a refill is picked up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PickUp:
    """RX-5: a pharmacy, a locker or the mail. `refuses` are the kinds of drug it does not hand out."""

    id: str
    name: str
    kind: str
    facility: str = ""
    place: str = ""
    zone: str = ""
    military: bool = True
    tracks: bool = True
    refuses: tuple[str, ...] = ()
