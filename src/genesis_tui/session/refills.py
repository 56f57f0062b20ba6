"""Prescriptions of the open record, and asking for more of them for the whole family (RX)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime

    from genesis_tui.api_client.server import Server
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.refills.get_more import GetMore, Receipt
    from genesis_tui.models.refills.pharmacies import PickUp
    from genesis_tui.models.refills.prescription import Prescriptions
    from genesis_tui.models.sign_in import SignedIn
    from genesis_tui.session.acts.outbox import Acts, Outbox
    from genesis_tui.session.acts.refills import MoreAct
    from genesis_tui.session.base.loads import Loads


class OpenRefills:
    """Part of `OpenRecord`. Every call on a closed one raises RecordClosed."""

    def __init__(self, server: "Server", loads: "Loads") -> None:
        self._server = server
        self._loads = loads

    async def load(self) -> "Prescriptions":
        """Every prescription, with what can be done with it and how its refills get on (RX).

        Raises:
            NotOffered: the server has no portal.
        """
        self._loads.check()
        return await self._loads.load(self._server.refills.prescriptions(self._loads.patient_id))


class MarkedPrescriptions:
    """What the person has marked to get more of, in every record; it outlives a change of person, not a sign-out."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, None]] = {}
        """By patient's id, in the order in which they were marked."""

    @property
    def people(self) -> tuple[str, ...]:
        """Ids of the patients of whom something is marked."""
        return tuple(self._ids)

    @property
    def count(self) -> int:
        """How many there are, of everybody."""
        return sum(map(len, self._ids.values()))

    def of(self, patient_id: str) -> tuple[str, ...]:
        """Ids of one patient's."""
        return tuple(self._ids.get(patient_id, ()))

    def turn(self, patient_id: str, id: str) -> None:
        """Mark one, or take its mark away."""
        if id in self.of(patient_id):
            self.drop(patient_id, (id,))
        else:
            self._ids.setdefault(patient_id, {})[id] = None

    def drop(self, patient_id: str, ids: "Iterable[str]") -> None:
        """Take these marks away."""
        gone = {*ids}
        known = {**self._ids, patient_id: {id: None for id in self.of(patient_id) if id not in gone}}
        self._ids = {patient: left for patient, left in known.items() if left}

    def clear(self) -> None:
        """Take every mark away."""
        self._ids = {}


class FamilyRefills:
    """Getting more for everybody whose record is open to the person. Every call raises NotOffered without a portal."""

    def __init__(self, server: "Callable[[], Server]", acts: "Acts", me: "Callable[[], SignedIn | None]") -> None:
        """`server` gives the one that somebody is signed in to, `me` who that is."""
        self.marked = MarkedPrescriptions()
        self._server = server
        self._me = me
        self._acts = acts

    async def points(self) -> "tuple[PickUp, ...]":
        """Where refills can be picked up, and what is not handed out there (RX-5); the same for every record."""
        return await self._server().refills.pick_up_points()

    async def prescriptions(self, member: "FamilyMember") -> "Prescriptions":
        """All of one person's, whoever's record is open."""
        return await self._server().refills.prescriptions(member.id)

    async def preview(self, member: "FamilyMember", wanted: "Collection[str]") -> "GetMore":
        """RX-11: what asking for the prescriptions of these ids would ask for, as the server says now."""
        from genesis_tui.models.refills.get_more import get_more

        known = await self.prescriptions(member)
        return get_more(member, known.rows, wanted, await self.points())

    async def ask(self, more: "GetMore") -> "tuple[Receipt, ...]":
        """Ask for what one person is asked for: refills in one act, renewals in another, a batch in each (RX-8).

        What the one meets leaves the other; a receipt says what was done, what was refused and why, and what is not
        known yet, of which the app asks by itself.

        Raises:
            ApiError: acts can't be opened at all, as where nobody is signed in any more; nothing was asked for.
        """
        outbox, me = await self._acts(), self._me()
        assert me is not None
        acts = _acts_of(more, outbox.clock(), me.refill_batch)
        return tuple([await _asked(outbox, act) for act in acts])

    async def receipts(self, patient_id: str = "") -> "tuple[Receipt, ...]":
        """What was asked for in this session, and before where that is not known yet, or refused; the newest first."""
        from genesis_tui.session.acts.refills import MoreAct

        outbox = await self._acts()
        acts = (act for act in (*outbox.receipts, *outbox.acts) if isinstance(act, MoreAct))
        found = [act.receipt() for act in acts if patient_id in ("", act.patient_id)]
        return tuple(sorted(found, key=lambda receipt: receipt.asked, reverse=True))


def _acts_of(more: "GetMore", now: "datetime", batch: int) -> "Iterator[MoreAct]":
    from genesis_tui.models.refills.get_more import RefillItem, Way
    from genesis_tui.models.refills.wording import provider
    from genesis_tui.session.acts.refills import MoreAct

    for way in (Way.REFILL, Way.RENEWAL):
        rows, point = more.by_way(way), more.point if way is Way.REFILL else None
        for first in range(0, len(rows), batch):
            yield MoreAct(
                kind=way.value,
                patient_id=more.person.id,
                asked=now,
                items=tuple(
                    RefillItem(rx.id, rx.drug, provider(rx), rx.zone, more.notes.get(rx.id, "").strip())
                    for rx in rows[first : first + batch]
                ),
                pick_up=point.id if point else "",
                point=point.name if point else "",
            )


async def _asked(outbox: "Outbox", act: "MoreAct") -> "Receipt":
    from genesis_tui.models.acts import ActStage
    from genesis_tui.session.acts.refills import MoreAct

    try:
        return (await outbox.do(act)).receipt()
    except ApiError as error:
        known = next((one for one in outbox.acts if one.key == act.key), None)
        written = known if isinstance(known, MoreAct) else replace(act, stage=ActStage.REFUSED, why=error.title)
        return written.receipt(error)
