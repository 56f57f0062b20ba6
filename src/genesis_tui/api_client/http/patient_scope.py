"""Whose record is being read, for what keeps answers: links to further pages do not say it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

whose: ContextVar[str] = ContextVar("whose", default="")
"""Id of the patient; empty where no record is open."""


@contextmanager
def reading(patient_id: str) -> Iterator[None]:
    """What is asked for within, tasks begun in it included, belongs to this patient."""
    mark = whose.set(patient_id)
    try:
        yield
    finally:
        whose.reset(mark)
