"""The peer: a DataTable with as many rows as asked for: `python bench/table_app.py 100000`."""

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class TableApp(App[None]):
    """Nothing but the table, its cursor on rows."""

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fills it."""
        table = self.query_one(DataTable)
        table.add_columns("From", "Subject", "Date")
        table.add_rows(("Maya Okafor", f"first rows {number}", "23 Nov") for number in range(int(sys.argv[1])))
        table.focus()


if __name__ == "__main__":
    TableApp().run()
