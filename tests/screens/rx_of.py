"""Prescriptions made by hand, one of each kind, for tests of what Refills shows."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.refills.pharmacies import OpeningHours, PickUp
from genesis_tui.models.refills.prescription import (
    Fill,
    Prescription,
    PrescriptionOrigin,
    RefillRequest,
    RefillStage,
    Supply,
    arranged,
)

ZONE = "America/New_York"
HOURS = tuple(OpeningHours(time(9), time(17), day) for day in range(5))
LOCKER = PickUp(
    "locker-2", "Locker 2", "locker", "Belvoir", "Exchange lobby", ZONE, refuses=("controlled",), hours=HOURS
)
UNTOLD = PickUp(
    "naples", "Naples Pharmacy", "pharmacy", "Naples", zone="Europe/Rome", tracks=False, phone="+39 081 555 0100"
)
INSTEAD = Permission(
    "prescription.renew", allowed=False, rule="RX-4", reason="refill-instead", title="It still has refills."
)


def at(month: int, day: int, hour: int = 17, minute: int = 0) -> datetime:
    """An instant of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def no(action: str, reason: str, **more: Any) -> Permission:
    """A refusal."""
    return Permission(f"prescription.{action}", allowed=False, reason=reason, **more)


def yes(action: str, title: str = "") -> Permission:
    """A permission."""
    return Permission(f"prescription.{action}", allowed=True, title=title)


def both_no(reason: str, **more: Any) -> tuple[Permission, Permission]:
    """Neither may be asked for, for the same reason."""
    return no("refill", reason, **more), no("renew", reason, **more)


def rx(drug: str, *can: Permission, **more: Any) -> Prescription:
    """A prescription of Dr. Okafor's with what is particular about it."""
    told: dict[str, Any] = {
        "id": drug.split()[0].casefold(),
        "drug": drug,
        "written": Moment(at(3, 24, 14), Precision.TIME),
        "status": "active",
        "origin": PrescriptionOrigin.OURS,
        "by": "Dr. Anna Okafor",
        "rx": "RX313000003",
        "zone": ZONE,
        "pharmacy": "Fort Belvoir Main Pharmacy",
        "days_supply": 90,
        "quantity": 90,
        "unit": "tablet",
        "expires": date(2027, 3, 24),
        "repeats": 3,
        "left": 1,
        "last_fill": at(8, 20),
        "can": can,
    }
    return Prescription(**(told | more))


READY = RefillRequest(
    "r",
    "refill",
    at(11, 18, 23, 12),
    by="Daniel Reyes",
    zone=ZONE,
    point=LOCKER,
    stages=(
        RefillStage("requested", at(11, 18, 23, 12)),
        RefillStage("in-process", at(11, 19, 13, 3), "Fort Belvoir Main Pharmacy"),
        RefillStage("ready", at(11, 20, 21, 40), "Locker 2, Exchange lobby"),
    ),
    ahead=("picked-up",),
    until=date(2026, 12, 4),
)
RENEWAL = RefillRequest(
    "n",
    "renewal",
    at(11, 17, 0, 20),
    by="Elena Reyes",
    zone=ZONE,
    stages=(RefillStage("requested", at(11, 17, 0, 20)),),
)
DENIAL = replace(
    RENEWAL,
    stages=(
        RefillStage("requested", at(11, 17, 0, 20), note="It helps."),
        RefillStage("denied", at(11, 20, 1, 5), note="Please come in first."),
    ),
)
APPROVAL = replace(DENIAL, stages=(DENIAL.stages[0], RefillStage("approved", at(11, 20, 1, 5))))
UNTRACKED = RefillRequest(
    "u",
    "refill",
    at(11, 22),
    zone="Europe/Rome",
    point=UNTOLD,
    tracks=False,
    stages=(RefillStage("requested", at(11, 22)),),
)
FILL = Fill("f", "picked-up", at(8, 20, 19, 20), "", "Fort Belvoir Main Pharmacy", ZONE, 90, 90, "tablet")

LISINOPRIL = rx("Lisinopril 10 mg tablet", yes("refill"), INSTEAD, left=2)
NAPROXEN = rx(
    "Naproxen 500 mg tablet",
    no("refill", "renew-instead", title="No refills are left.", next="Ask for a renewal.", rule="RX-4"),
    yes("renew", "No visit needed; Dr. Anna Okafor decides."),
    left=0,
)
DENIED = replace(NAPROXEN, requests=(DENIAL,))
LEVOTHYROXINE = rx(
    "Levothyroxine 50 mcg tablet",
    *both_no(
        "in-process",
        rule="RX-2",
        title="It is ready since 20 Nov 2026.",
        next="Pick it up first, by 4 Dec 2026; after that it goes back to stock.",
    ),
    sig="one by mouth every morning",
    reason="low thyroid",
    requests=(READY,),
    fills=(Fill("g", "ready", at(11, 20, 21, 40), "r"), FILL),
)
OMEPRAZOLE = rx("Omeprazole 20 mg capsule", *both_no("request-pending", rule="RX-2"), left=0, requests=(RENEWAL,))
CETIRIZINE = rx(
    "Cetirizine 10 mg tablet",
    no("refill", "too-soon", rule="RX-7", title="You still have enough.", from_=datetime(2026, 12, 3, 5, tzinfo=UTC)),
    INSTEAD,
    left=3,
    fills=(FILL,),
)
OXYCODONE = rx(
    "Oxycodone 5 mg tablet",
    no("refill", "expired", rule="RX-2", title="It expired on 11 Aug 2023."),
    no("renew", "too-long-expired", rule="RX-3", title="It expired on 11 Aug 2023, over 120 days ago."),
    left=0,
    status="completed",
    expires=date(2023, 8, 11),
    controlled=True,
)
METFORMIN = rx(
    "Metformin 500 mg tablet",
    *both_no("not-from-here", rule="RX-9", title="It was prescribed elsewhere."),
    left=None,
    origin=PrescriptionOrigin.COMMUNITY,
    partner="Lakeview Medical Group",
    last_fill=None,
)
ALL = arranged((METFORMIN, OXYCODONE, CETIRIZINE, OMEPRAZOLE, LEVOTHYROXINE, NAPROXEN, LISINOPRIL))
DUE = arranged(
    replace(one, supply=Supply(90, at(9, 5), date(2026, 12, 4), 4 if one is LISINOPRIL else 1, due=True))
    if one in (LISINOPRIL, NAPROXEN)
    else one
    for one in ALL
)
"""The same, two of which run out and nobody has asked."""
