"""What the portal keeps beside a record: what was opened, and what was said to be wrong (REL-5, REC-7)."""

from collections.abc import Iterable
from typing import Annotated, Any

from genesis_tui.api_client.portal.client import PortalClient, of_patient
from genesis_tui.api_client.portal.decoding import Decoder, PortalJson, said_lines
from genesis_tui.models.messages.drafts import Correction

_CORRECTION = Decoder(Correction, names={"thread_id": "thread"}, absent={"note": ""}, read={"note": said_lines})


class UnseenJson(PortalJson, frozen=True):
    """`GET patients/{id}/seen`."""

    new: tuple[Any, ...] = ()


class CorrectionsJson(PortalJson, frozen=True):
    """`GET patients/{id}/corrections`."""

    corrections: Annotated[tuple[Correction, ...], _CORRECTION.each] = ()


class PortalRecord:
    """Calls in the name of the person signed in; each may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def unseen(self, patient_id: str) -> frozenset[str]:
        """Keys (`Type/id`) that the viewer has not opened yet (REL-5)."""
        seen = await self._client.get(UnseenJson, of_patient(patient_id, "seen"))
        return frozenset(key for key in seen.new if isinstance(key, str))

    async def mark_seen(self, patient_id: str, keys: Iterable[str]) -> None:
        """The viewer opened these (REL-5); telling it twice changes nothing."""
        await self._client.send("POST", "seen", {"patient": patient_id, "keys": list(keys)})

    async def corrections(self, patient_id: str) -> tuple[Correction, ...]:
        """REC-7: what was said to be wrong, newest first."""
        return (await self._client.get(CorrectionsJson, of_patient(patient_id, "corrections"))).corrections
