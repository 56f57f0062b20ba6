"""Clipboards of the portal API: `patients/{id}/clipboards`, `clipboards/{id}`, `clipboards/{id}/submit`."""

from datetime import datetime
from typing import Annotated, Any, Self
from urllib.parse import quote

import msgspec

from genesis_tui.api_client.portal.acts import became_of
from genesis_tui.api_client.portal.appointments.clipboards.questionnaires import questions_of
from genesis_tui.api_client.portal.appointments.clipboards.responses import answers_of
from genesis_tui.api_client.portal.client import PortalClient, of_patient, read
from genesis_tui.api_client.portal.decoding import PERMISSION, AsSent, Decoder, PortalJson, as_sent
from genesis_tui.models.appointments.clipboards.questions import Clipboard, Clipboards, Submitted
from genesis_tui.models.base.permission import Permission

_SUBMITTED = Decoder(Submitted)
Raw = Annotated[Any, as_sent]


class ClipboardJson(PortalJson, frozen=True):
    """One row."""

    id: AsSent
    version: int
    appointment: AsSent
    title: str
    questionnaire: Raw
    what: str = ""
    start: datetime | None = None
    zone: str = ""
    answered: int = 0
    asked: int = 0
    saved: datetime | None = None
    submitted: Raw = None
    response: Raw = None
    can: Annotated[tuple[Permission, ...], PERMISSION.each] = ()

    def model(self, patient_id: str) -> Clipboard:
        """With its questions and the answers so far."""
        questions = questions_of(self.questionnaire)
        return Clipboard(
            id=self.id,
            version=self.version,
            patient_id=patient_id,
            appointment_id=self.appointment,
            title=self.title,
            what=self.what,
            start=self.start,
            zone=self.zone,
            answered=self.answered,
            asked=self.asked,
            saved=self.saved,
            submitted=None if self.submitted is None else _SUBMITTED.decoded(self.submitted),
            canonical=_canonical(self.questionnaire),
            questions=questions,
            answers=answers_of(questions, self.response) if isinstance(self.response, dict) else None,
            can=self.can,
        )


class ClipboardsJson(PortalJson, frozen=True):
    """`GET patients/{id}/clipboards`."""

    clipboards: list[Any]
    unreadable: int = 0

    def model(self, patient_id: str) -> Clipboards:
        """A broken row is counted with those that the server could not read."""
        rows = tuple(one.model(patient_id) for one in ClipboardJson.each(self.clipboards))
        return Clipboards(rows, max(0, self.unreadable) + len(self.clipboards) - len(rows))


class SavedJson(PortalJson, frozen=True):
    """`PUT clipboards/{id}`."""

    version: int


class SubmittedJson(PortalJson, frozen=True):
    """`POST clipboards/{id}/submit`."""

    submitted: Annotated[Any, as_sent]

    @classmethod
    def decoded(cls, tree: Any) -> Self:
        """Raises ValidationError for what does not say when."""
        made = super().decoded(tree)
        made.model()
        return made

    def model(self) -> Submitted:
        return _SUBMITTED.decoded(self.submitted)


class PortalClipboards:
    """Clipboards of a patient; every call may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def clipboards(self, patient_id: str) -> Clipboards:
        """All of a patient, by the time of the visit."""
        return (await self._client.get(ClipboardsJson, of_patient(patient_id, "clipboards"))).model(patient_id)

    async def save(self, patient_id: str, clipboard_id: str, version: int, response: str, key: str) -> int:
        """Keep a response in place of a version; the new version.

        Raises:
            Refused: reason `stale-version` where it was changed elsewhere meanwhile.
        """
        path, body, headers = _call(patient_id, clipboard_id, version, response)
        return read(SavedJson, await self._client.send("PUT", path, body, key=key, headers=headers)).version

    async def submit(self, patient_id: str, clipboard_id: str, version: int, response: str, key: str) -> Submitted:
        """Hand it in, once.

        Raises:
            Refused: reason `required-missing` names what is still to be answered.
        """
        path, body, headers = _call(patient_id, clipboard_id, version, response)
        answer = await self._client.send("POST", f"{path}/submit", body, key=key, headers=headers)
        return read(SubmittedJson, answer).model()

    async def saved(self, key: str) -> int | None:
        """What became of a save under its key; see `acts.became_of`."""
        found = await became_of(self._client, key, SavedJson)
        return None if found is None else found.version

    async def submitted(self, key: str) -> Submitted | None:
        """What became of handing in under its key; see `acts.became_of`."""
        found = await became_of(self._client, key, SubmittedJson)
        return None if found is None else found.model()


def _call(patient_id: str, clipboard_id: str, version: int, response: str) -> tuple[str, object, dict[str, str]]:
    body = {"patient": patient_id, "response": msgspec.Raw(response.encode())}
    return f"clipboards/{quote(clipboard_id, safe='')}", body, {"If-Match": f'"{version}"'}


def _canonical(questionnaire: Any) -> str:
    if not isinstance(questionnaire, dict) or not isinstance(questionnaire.get("url"), str):
        return ""
    version = questionnaire.get("version")
    return f"{questionnaire['url']}|{version}" if isinstance(version, str) and version else str(questionnaire["url"])
