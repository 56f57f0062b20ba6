"""Getting more for two children, and what became of it, made by hand as MOCKUPS-2 §3 shows it."""

from datetime import UTC, datetime

from genesis_tui.models.acts import ActStage
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.models.refills.get_more import GetMore, ItemOutcome, Receipt, RefillItem, Way
from genesis_tui.models.refills.pharmacies import PickUp
from genesis_tui.models.refills.prescription import Prescription
from tests.screens.rx_of import HOURS, INSTEAD, no, rx, yes

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 30, 14, 42, tzinfo=UTC)
LANDSTUHL = PickUp("landstuhl", "Landstuhl Pharmacy", "pharmacy", "Landstuhl", zone=BERLIN, hours=HOURS)
LOCKER = PickUp(
    "locker", "Exchange locker", "locker", "Landstuhl", zone=BERLIN, refuses=("controlled", "refrigerated"), hours=HOURS
)
RAMSTEIN = PickUp("ramstein", "Ramstein Clinic Pharmacy", "pharmacy", "Ramstein", zone=BERLIN)
POINTS = (LANDSTUHL, LOCKER, RAMSTEIN)
NIKLAS = FamilyMember("niklas", 2, "Niklas Hall", "Niklas", "Hall", "son", 10, Access.FULL, "under 12")
JONAS = FamilyMember("jonas", 3, "Jonas Hall", "Jonas", "Hall", "son", 5, Access.FULL, "under 12")


def _rx(drug: str, *can: object, left: int, **more: object) -> Prescription:
    return rx(drug, *can, zone=BERLIN, by="Dr. Ina Adler", days_supply=30, left=left, **more)  # type: ignore[arg-type]


MONTELUKAST = _rx("Montelukast 5 mg chewable", yes("refill"), INSTEAD, left=3)
ALBUTEROL = _rx("Albuterol inhaler 90 mcg", no("refill", "renew-instead"), yes("renew"), left=0)
CETIRIZINE = _rx("Cetirizine 1 mg/mL syrup", yes("refill"), INSTEAD, left=1, refrigerated=True)
SOON = datetime(2026, 12, 9, 5, tzinfo=UTC)
FLUORIDE = _rx("Fluoride 0.25 mg chewable", no("refill", "too-soon", from_=SOON, rule="RX-7"), INSTEAD, left=1)
ASKED = (
    GetMore(NIKLAS, (MONTELUKAST, ALBUTEROL), POINTS, LANDSTUHL, {ALBUTEROL.id: "School wants a second inhaler."}),
    GetMore(JONAS, (CETIRIZINE, FLUORIDE), POINTS, LANDSTUHL),
)
NOTHING_OPEN = (GetMore(JONAS, (FLUORIDE,), POINTS, LANDSTUHL),)


def receipt(person: FamilyMember, way: Way, *items: tuple[Prescription, ItemOutcome | None]) -> Receipt:
    """What became of these of one person; None is not known yet."""
    told = tuple(outcome for _, outcome in items if outcome is not None)
    stage = ActStage.SENT if len(told) == len(items) else ActStage.UNKNOWN
    asked = tuple(RefillItem(one.id, one.drug, "Dr. Adler", BERLIN) for one, _ in items)
    return Receipt(
        f"{person.id}-{way}", way, person.id, NOW, stage, asked, told, LANDSTUHL.name if way is Way.REFILL else ""
    )


def done(one: Prescription, request: str) -> tuple[Prescription, ItemOutcome]:
    return one, ItemOutcome(one.id, "requested", request)


REFUSED = ItemOutcome(FLUORIDE.id, "refused", "", "RX-7", "too-soon", "You still have enough.", "", SOON)
RECEIPTS = (
    receipt(NIKLAS, Way.REFILL, done(MONTELUKAST, "7f3a-91c2")),
    receipt(NIKLAS, Way.RENEWAL, (ALBUTEROL, None)),
    receipt(JONAS, Way.REFILL, done(CETIRIZINE, "7f3a-91c4"), (FLUORIDE, REFUSED)),
)
