"""The app whose Inbox holds as many rows as asked for from the first: `python -m bench.inbox_app 100000 --server URL`.

The rows are those of the server's first page over and over, each decoded by itself, under ids that `conversations`
gave to the server's threads.
"""

import sys
from functools import cache
from typing import Any

import msgspec

from genesis_tui.__main__ import main
from genesis_tui.api_client.portal.messages import threads as portal_threads
from genesis_tui.api_client.portal.messages.threads import ThreadPageJson
from genesis_tui.models.messages.threads import ThreadPage

_COUNT = int(sys.argv.pop(1))


@cache
def _rows(page: bytes) -> tuple[Any, ...]:
    """The page's rows up to the count, each with what a row of its own would hold."""
    rows: list[Any] = []
    for start in range(0, _COUNT, 50):
        threads = msgspec.json.decode(page)
        for number, row in enumerate(threads, start):
            row["id"] = f"bench-{number}"
            row["subject"] = f"{row['subject'].rpartition(' ')[0]} {number}"
        rows.extend(ThreadPageJson(threads=threads).model().rows)
    return tuple(rows[:_COUNT])


class _HeldPage(ThreadPageJson, frozen=True):
    """A page of Inbox with all rows and nothing after them; any other answer as it is."""

    def model(self, size: int = 0) -> ThreadPage:
        page = super().model()
        if not self.folders or not self.next:
            return page
        return ThreadPage(_rows(msgspec.json.encode(self.threads)), "", page.folders)


vars(portal_threads)["ThreadPageJson"] = _HeldPage

if __name__ == "__main__":
    main()
