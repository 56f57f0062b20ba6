"""The files of an entry: opened with the person's program, or saved; fetched only when one of the two is asked for."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from genesis_tui.models.base.errors import RecordClosed
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.record import Entry
from genesis_tui.screens.base.error_notice import reported
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.base.save_file import FileSaver
from genesis_tui.screens.record.panes import EntryPane
from genesis_tui.screens.record.rows import EntryRow

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord


class EntryFiles:
    """What the keys on a file do. The detail of `place` is an EntryPane."""

    def __init__(self, place: ListDetail[EntryRow]) -> None:
        self._place = place
        self._saver = FileSaver(place, self._save)

    @property
    def current(self) -> Attachment | None:
        """The file under the cursor."""
        row = cast("EntryPane", self._place.detail).file
        return row.attachment if row is not None else None

    @property
    def _section(self) -> str:
        row = self._place.list.current
        return row.section if isinstance(row, Entry) else ""

    def open(self) -> None:
        """Hand the file under the cursor to the person's program."""
        if self.current is not None and self._place.record is not None:
            self._place.start("file", self._opened, self._place.record, self._section, self.current)

    async def _opened(self, record: "OpenRecord", section: str, attachment: Attachment) -> None:
        shell = self._place.shell
        with reported(shell):
            content = await record.entries.content(section, attachment)
            await shell.portal.open_file(content, shell.settings.opener)
            shell.say("Opened", attachment.title)

    def save(self) -> None:
        """Put the file under the cursor where the person says; the message says where it is."""
        if self.current is not None:
            self._saver.save(self.current)

    async def _save(self, attachment: Attachment, folder: str) -> Path:
        record = self._place.record
        if record is None:
            raise RecordClosed
        return await record.entries.save(self._section, attachment, folder)
