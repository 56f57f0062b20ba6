"""The loads of one open record: they end with it, and nothing that comes later is handed on (FAM-9)."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from genesis_tui.api_client.http.patient_scope import reading
from genesis_tui.models.base.errors import RecordClosed

T = TypeVar("T")


class Loads:
    """What an open record is waiting for. Its parts share one of these."""

    def __init__(self, patient_id: str) -> None:
        self.patient_id = patient_id
        self.closed = False
        self._tasks: set[asyncio.Task[Any]] = set()

    def check(self) -> None:
        """Raise RecordClosed once the record is closed."""
        if self.closed:
            raise RecordClosed(next="Open it again from the family list.")

    async def load(self, work: Coroutine[Any, Any, T]) -> T:
        """What a call to the server brings.

        Raises:
            RecordClosed: also when the record is closed meanwhile.
        """
        with reading(self.patient_id):
            task = asyncio.ensure_future(work)
        self._tasks.add(task)
        try:
            answer = await task
        except asyncio.CancelledError:
            if not _cancelled_by_caller():
                self.check()
            raise
        finally:
            self._tasks.discard(task)
        self.check()
        return answer

    def close(self) -> None:
        """End every load; what they were about to bring is dropped."""
        self.closed = True
        for task in self._tasks:
            task.cancel()


def _cancelled_by_caller() -> bool:
    current = asyncio.current_task()
    return current is not None and current.cancelling() > 0
