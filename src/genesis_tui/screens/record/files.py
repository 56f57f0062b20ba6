"""The files of an entry: opened with the person's program, or saved; fetched only when one of the two is asked for."""

from __future__ import annotations

from typing import cast

from textual import on, work
from textual.widget import Widget

from genesis_tui.models.base.errors import ApiError, RecordClosed
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.record import Entry
from genesis_tui.sanitize import one_line
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.record.panes import EntryPane
from genesis_tui.screens.record.rows import EntryRow
from genesis_tui.widgets.virtual_list import VirtualList


class EntryFiles(ListDetail[EntryRow]):
    """What the keys on a file do."""

    def make_detail(self) -> Widget:
        """With files under the cursor."""
        return EntryPane(id="detail")

    @property
    def _file(self) -> Attachment | None:
        row = cast("EntryPane", self.detail).file
        return row.attachment if row is not None else None

    @property
    def _section_of_file(self) -> str:
        row = self.list.current
        return row.section if isinstance(row, Entry) else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There must be a file to save."""
        if self.is_mounted and action == "save":
            return self._file is not None
        return super().check_action(action, parameters)

    @on(VirtualList.Opened, "#detail")
    def _file_opened(self) -> None:
        if self._file is not None:
            self.open_file(self._section_of_file, self._file)

    def action_save(self) -> None:
        """`e`: the file under the cursor, to the folder that the settings name."""
        if self._file is not None:
            self.save_file(self._section_of_file, self._file)

    @work(group="file")
    async def open_file(self, section: str, attachment: Attachment) -> None:
        """Fetch a file and hand it to the person's program."""
        try:
            if self._record is not None:
                content = await self._record.content(section, attachment)
                await self.shell.portal.open_file(content, self.shell.settings.opener)
                self.shell.say("Opened", attachment.title)
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)

    @work(group="file")
    async def save_file(self, section: str, attachment: Attachment) -> None:
        """Fetch a file and keep it; the message says where it is."""
        try:
            if self._record is not None:
                path = await self._record.save(section, attachment, self.shell.settings.downloads)
                self.shell.say("Saved", one_line(str(path)))
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)
