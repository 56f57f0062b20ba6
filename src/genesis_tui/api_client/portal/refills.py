"""Refills of the portal API: prescriptions, pick-up points, asking for refills and renewals (RX)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from functools import cached_property
from typing import Annotated, Any, overload

import msgspec

from genesis_tui.api_client.fhir.values import moment
from genesis_tui.api_client.portal.acts import became_of
from genesis_tui.api_client.portal.client import PortalClient, of_patient, read
from genesis_tui.api_client.portal.decoding import PERMISSION, Decoder, PortalJson, line, lines, optional
from genesis_tui.models.refills.get_more import ItemOutcome
from genesis_tui.models.refills.pharmacies import OpeningHours, OpenSpan, PickUp
from genesis_tui.models.refills.prescription import (
    Fill,
    Prescription,
    Prescriptions,
    RefillRequest,
    RefillStage,
    Supply,
    arranged,
)


def _written(value: Any) -> Any:
    """A date as precise as it was recorded (REC-6)."""
    if value is not None and not isinstance(value, str):
        return value
    return moment(line(value) or None)


def _clock(value: Any) -> Any:
    """`08:00`. Raises ValidationError for what no clock shows."""
    try:
        return time() if value == "24:00" else time.fromisoformat(value)
    except (TypeError, ValueError):
        raise msgspec.ValidationError("an invalid time of day") from None


def _weekday(value: Any) -> Any:
    if value not in range(7):
        raise msgspec.ValidationError("an invalid day of the week")
    return value


_CLOCK = {"opens": _clock, "closes": _clock}
_SPAN = Decoder(OpenSpan, read=_CLOCK)
_HOURS = Decoder(OpeningHours, read={**_CLOCK, "day": _weekday})


def _today(value: Any) -> Any:
    """What holds for today alone; None where the point says nothing of it."""
    return _SPAN.each(value) if isinstance(value, list) else None


PICK_UP = Decoder(PickUp, absent={"kind": ""}, read={"hours": _HOURS.each, "today": _today})
"""RX-5."""
_STAGE = Decoder(RefillStage, names={"code": "stage"}, read={"note": lines})
"""RX-6."""
_REQUEST = Decoder(RefillRequest, read={"point": optional(PICK_UP), "stages": _STAGE.each})
_FILL = Decoder(Fill, absent={"stage": ""})
_SUPPLY = Decoder(Supply)


def _supply(value: Any) -> Any:
    """RX-12; None where it can't be read either."""
    return next(iter(_SUPPLY.each([value])), None)


_PROBLEM = {"rule": "rule", "reason": "code", "title": "title", "next": "next", "from_": "from"}
_OUTCOME = Decoder(ItemOutcome, names={name: f"problem.{there}" for name, there in _PROBLEM.items()})
"""RX-8."""


class SentFills(Sequence[Fill]):
    """Fills that are read when somebody looks: there may be ten times as many as prescriptions, of which one shows."""

    def __init__(self, sent: list[Any]) -> None:
        self._sent = sent

    @cached_property
    def _fills(self) -> tuple[Fill, ...]:
        return tuple(_FILL.each(self._sent))

    def __len__(self) -> int:
        return len(self._fills)

    @overload
    def __getitem__(self, index: int) -> Fill: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Fill, ...]: ...
    def __getitem__(self, index: int | slice) -> Fill | tuple[Fill, ...]:
        return self._fills[index]


def _none_yet(value: Any) -> Any:
    """`SentFills` come later. Raises ValidationError for what is no list."""
    return [] if isinstance(value, list) else value


PRESCRIPTION = Decoder(
    Prescription,
    absent={"written": moment(None), "status": ""},
    read={
        "written": _written,
        "sig": lines,
        "fills": _none_yet,
        "requests": _REQUEST.each,
        "can": PERMISSION.each,
        "supply": _supply,
    },
)


def _prescription(sent: Any) -> list[Prescription]:
    """One, or none where it can't be read."""
    return [replace(rx, fills=SentFills(sent.get("fills", []))) for rx in PRESCRIPTION.each([sent])]


class PrescriptionsJson(PortalJson, frozen=True):
    """`GET patients/{id}/prescriptions`."""

    prescriptions: list[Any]
    unreadable: int = 0

    def model(self) -> Prescriptions:
        """As the list shows them; a broken one is counted with those that the server could not read."""
        rows = [rx for one in self.prescriptions for rx in _prescription(one)]
        return Prescriptions(arranged(rows), max(0, self.unreadable) + len(self.prescriptions) - len(rows))


class PharmaciesJson(PortalJson, frozen=True):
    """`GET pharmacies`."""

    pharmacies: Annotated[tuple[PickUp, ...], PICK_UP.each]


class OutcomesJson(PortalJson, frozen=True):
    """`POST refills`, `POST renewals`."""

    items: Annotated[tuple[ItemOutcome, ...], _OUTCOME.each]


class PortalRefills:
    """Prescriptions and pick-up points; every call may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def prescriptions(self, patient_id: str) -> Prescriptions:
        """All of a patient's, as the list shows them."""
        return (await self._client.get(PrescriptionsJson, of_patient(patient_id, "prescriptions"))).model()

    async def pick_up_points(self) -> tuple[PickUp, ...]:
        """RX-5: where a refill can be picked up."""
        return (await self._client.get(PharmaciesJson, "pharmacies")).pharmacies

    # acts

    async def refill(
        self, patient_id: str, pick_up: str, prescriptions: Sequence[str], key: str
    ) -> tuple[ItemOutcome, ...]:
        """RX-8, RX-10: the server's word on each, in the order asked."""
        return await self._ask(
            "refills", {"patient": patient_id, "pickup": pick_up, "prescriptions": [*prescriptions]}, key
        )

    async def renew(self, patient_id: str, items: Sequence[tuple[str, str]], key: str) -> tuple[ItemOutcome, ...]:
        """The same; `items` are prescriptions with notes to whoever decides."""
        asked = [{"prescription": id, "note": note} for id, note in items]
        return await self._ask("renewals", {"patient": patient_id, "items": asked}, key)

    async def became_of(self, key: str) -> tuple[ItemOutcome, ...] | None:
        """What became of one of those under its key, as `acts.became_of`."""
        found = await became_of(self._client, key, OutcomesJson)
        return None if found is None else found.items

    async def _ask(self, path: str, body: dict[str, Any], key: str) -> tuple[ItemOutcome, ...]:
        return read(OutcomesJson, await self._client.send("POST", path, body, key=key)).items
