"""The places a person can go to: their keys, names, and where their screens are."""

from typing import NamedTuple


class PlaceEntry(NamedTuple):
    """One place. `path` is `module:class` of its screen, imported when it is first opened."""

    id: str
    key: str
    name: str
    short: str
    path: str
    action: str = ""
    """The action (`FamilyMember.may`) that opens the place for a patient; empty: the place is family-wide."""

    @property
    def of_patient(self) -> bool:
        """True where the place shows one patient's record."""
        return bool(self.action)


PLACES = (
    PlaceEntry("home", "1", "Home", "Home", "genesis_tui.screens.home.screen:HomeScreen"),
    PlaceEntry(
        "results", "2", "Results", "Results", "genesis_tui.screens.results.screen:ResultsScreen", "results.read"
    ),
    PlaceEntry(
        "inbox", "3", "Inbox", "Inbox", "genesis_tui.screens.messages.inbox.screen:InboxScreen", "messages.read"
    ),
    PlaceEntry(
        "appointments",
        "4",
        "Appointments",
        "Appts",
        "genesis_tui.screens.appointments.screen:AppointmentsScreen",
        "appointments.read",
    ),
    PlaceEntry(
        "refills", "5", "Refills", "Refills", "genesis_tui.screens.refills.screen:RefillsScreen", "medications.read"
    ),
    PlaceEntry(
        "record", "6", "Record", "Record", "genesis_tui.screens.record.screen:RecordScreen", "immunizations.read"
    ),
    PlaceEntry("family", "7", "Family", "Family", "genesis_tui.screens.family.screen:FamilyScreen"),
)
"""The places of the places row, by key."""

PATIENT = PlaceEntry(
    "patient",
    "p",
    "Patient Information",
    "Patient",
    "genesis_tui.screens.family.profile:PatientScreen",
    "demographics.read",
)


def place(id: str) -> PlaceEntry:
    """The place called `id`. Raises KeyError for one that does not exist."""
    found = next((p for p in (*PLACES, PATIENT) if p.id == id), None)
    if found is None:
        raise KeyError(id)
    return found
