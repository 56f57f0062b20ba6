"""What the commands of `appointments` read from their options in the same way."""

from datetime import date

import click


def day_of(text: str, option: str) -> date | None:
    """A day; None where none is given. Raises UsageError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise click.UsageError(f"{option} takes YYYY-MM-DD.") from None
