"""Messages before they are sent, over the portal API: recipients, drafts, files, sending, what became of it."""

import base64
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from genesis_tui.api_client.portal.acts import Nothing, became_of
from genesis_tui.api_client.portal.client import PortalClient, of_patient, read
from genesis_tui.api_client.portal.decoding import PERMISSION, AsSent, Decoder, Own, OwnLines, PortalJson, own
from genesis_tui.models.base.errors import BadAnswer
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.messages.drafts import Draft, DraftFile, MessagePreview, Recipient, Recipients
from genesis_tui.sanitize import one_line

_KEY_BYTES = 32
UPLOAD_SECONDS = 600.0
_MAY_NOT = Permission("message.send", allowed=False)


def _may_send(rows: Any) -> Permission:
    return next((one for one in PERMISSION.each(rows) if one.action == _MAY_NOT.action), _MAY_NOT)


_RECIPIENT = Decoder(
    Recipient, names={"send": "can"}, absent={"kind": "provider", "send": _MAY_NOT}, read={"send": _may_send}
)
"""MSG-1."""
_RECIPIENTS = Decoder(Recipients, names={"rows": "recipients"}, needed=("rows",), read={"rows": _RECIPIENT.each})
_PREVIEW = Decoder(
    MessagePreview, absent=dict.fromkeys(("recipient", "category", "subject"), ""), read={"subject": own}
)


_FILE = Decoder(DraftFile, absent={"sha256": ""})


class SentJson(PortalJson, frozen=True):
    """`POST messages`."""

    thread: str
    due: date | None = None


class DraftJson(PortalJson, frozen=True):
    """MSG-9."""

    id: str
    version: int
    patient: str
    saved: datetime | None = None
    thread: str = ""
    recipient: str = ""
    recipient_name: str = ""
    category: str = ""
    subject: Own = ""
    body: OwnLines = ""
    entry: str = ""
    attachments: tuple[str, ...] = ()
    files: tuple[Any, ...] = ()

    def model(self) -> Draft:
        """The draft as far as the server knows it; a file that never arrived there has no name."""
        files = {file.id: replace(file, name=one_line(file.name)) for file in _FILE.each(list(self.files))}
        return Draft(
            id=self.id,
            patient_id=self.patient,
            thread_id=self.thread,
            recipient_id=self.recipient,
            recipient=self.recipient_name,
            category=self.category,
            subject=self.subject,
            body=self.body,
            entry=self.entry,
            files=tuple(files.get(id) or DraftFile(id, "", 0) for id in self.attachments),
            version=self.version,
            saved=self.saved,
        )


class DraftsJson(PortalJson, frozen=True):
    """`GET patients/{id}/drafts`."""

    drafts: list[Any]


class DraftVersionJson(PortalJson, frozen=True):
    """`PUT drafts/{id}`."""

    version: int


class VaultKeyJson(PortalJson, frozen=True):
    """`GET session/vault`."""

    key: AsSent


class PortalDrafts:
    """Calls in the name of the person signed in; each may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def vault_key(self) -> bytes:
        """The key under which this person's drafts are kept on disk."""
        found = await self._client.get(VaultKeyJson, "session/vault")
        try:
            key = base64.b64decode(found.key, validate=True)
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise BadAnswer("The server's key for drafts can't be used.", next="Tell the server's support desk.")
        return key

    async def recipients(self, patient_id: str, words: str) -> Recipients:
        """MSG-1; what is looked for stays out of the URL."""
        answer = await self._client.send("POST", "recipients/search", {"patient": patient_id, "words": words[:200]})
        return read(_RECIPIENTS, answer)

    async def preview(self, draft: Draft) -> MessagePreview:
        """What sending it now would send. Raises Refused as sending it would."""
        answer = await self._client.send("POST", f"{_path(draft)}/preview", _message(draft))
        return read(_PREVIEW, answer)

    async def send(self, draft: Draft, key: str) -> tuple[str, date | None]:
        """Send it under an idempotency key: id of its conversation, day on which an answer is due."""
        answer = await self._client.send("POST", _path(draft), _message(draft), key=key)
        return _sent(read(SentJson, answer))

    async def became_of(self, key: str) -> tuple[str, date | None] | None:
        """What became of a message under its key: as `send`; see `acts.became_of`."""
        found = await became_of(self._client, key, SentJson)
        return _sent(found) if found is not None else None

    async def upload(self, patient_id: str, file: DraftFile, body: bytes) -> None:
        """Put a file where the message can name it; doing it twice does it once (MSG-6)."""
        path = of_patient(patient_id, f"attachments/{quote(file.id, safe='')}")
        await self._client.put_file(path, file.name, body, seconds=UPLOAD_SECONDS)

    async def drafts(self, patient_id: str) -> tuple[Draft, ...]:
        """The person's own drafts about a patient, newest first."""
        return (await self.drafts_and_unreadable(patient_id))[0]

    async def drafts_and_unreadable(self, patient_id: str) -> tuple[tuple[Draft, ...], int]:
        """The same, and how many more there are that can't be read."""
        found = await self._client.get(DraftsJson, of_patient(patient_id, "drafts"))
        mine = [one.model() for one in DraftJson.each(found.drafts) if one.patient == patient_id]
        return tuple(mine), len(found.drafts) - len(mine)

    async def keep_draft(self, draft: Draft) -> int:
        """Keep it on the server in place of its `version`; the new version.

        Raises:
            Refused: reason `stale-version` where it was changed elsewhere; see `other_version`.
        """
        path, headers = f"drafts/{quote(draft.id, safe='')}", {"If-Match": f'"{draft.version}"'}
        body = _message(draft) | {"entry": draft.entry}
        body.pop("draft")
        body.pop("draft_version", None)
        if not draft.is_reply:
            body |= {"recipient": draft.recipient_id, "category": draft.category, "subject": draft.subject}
        return read(DraftVersionJson, await self._client.send("PUT", path, body, headers=headers)).version

    async def other_version(self, draft: Draft) -> Draft | None:
        """What the server has of this draft, or of its conversation; None where it has nothing any more."""
        known = await self.drafts(draft.patient_id)
        same = [one for one in known if draft.thread_id and one.thread_id == draft.thread_id]
        return next((one for one in known if one.id == draft.id), next(iter(same), None))

    async def drop_draft(self, draft_id: str, key: str = "") -> None:
        """Gone for good (MSG-8)."""
        await self._client.send("DELETE", f"drafts/{quote(draft_id, safe='')}", key=key)

    async def dropped(self, key: str) -> bool | None:
        """What became of that under its key."""
        return await became_of(self._client, key, Nothing)


def _path(draft: Draft) -> str:
    return "corrections" if draft.corrects else "messages"


def _message(draft: Draft) -> dict[str, Any]:
    body: dict[str, Any] = {"patient": draft.patient_id, "body": draft.body, "draft": draft.id}
    body["attachments"] = [file.id for file in draft.files]
    if draft.version:
        body["draft_version"] = draft.version
    if draft.is_reply:
        return body | {"thread": draft.thread_id}
    new = {"recipient": draft.recipient_id, "category": draft.category, "subject": draft.subject.strip()}
    return body | new | ({"entry": draft.entry} if draft.entry else {})


def _sent(found: SentJson) -> tuple[str, date | None]:
    return found.thread, found.due
