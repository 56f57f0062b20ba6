"""What the server writes to its log: what failed and where, never a word of a record.

The message of an error can quote what it was about, so that only its type and the lines on its way are written.
"""

import logging
import traceback
from types import TracebackType
from typing import Any, Final

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutWords(logging.Formatter):
    """The line as usual; of an error its type, those of its causes, and where each came from."""

    def format(self, record: logging.LogRecord) -> str:
        """What another formatter made of the error, and left on the record, is not taken."""
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: _Raised) -> str:
        return "\n".join(_lines(ei[1])) if ei[1] is not None else ""


def _lines(error: BaseException) -> list[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = [*_lines(cause), "which led to"] if cause is not None else []
    frames = traceback.extract_tb(error.__traceback__)
    way = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return [*before, *way, f"{type(error).__module__}.{type(error).__qualname__}"]


LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": WithoutWords, "format": "%(levelname)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
"""For the whole process: what asyncio and the mock itself log goes the same way as what the server logs."""
