"""What the mock and the staging know together of a source: which people, and whose a resource is."""

from typing import NamedTuple

from sqlalchemy import select

from genesis_tui.mock_backend.database.engine import Database
from genesis_tui.mock_backend.database.schema.base import person, resource
from genesis_tui.mock_backend.imports.names import Here
from genesis_tui.mock_backend.imports.staging import Staging

_CACHED = 50_000


class Owned(NamedTuple):
    """Whose a resource is, and what of it decides on who sees it."""

    patient: str
    hidden: bool
    sensitive: bool


class Known:
    """The people and resources of one source, staged or stored."""

    def __init__(self, database: Database, staging: Staging, namespace: str) -> None:
        self._database = database
        self._staging = staging
        self._patients: dict[str, bool] = {}
        with database.begin() as conn:
            mine = person.c.id.between(f"{namespace}-", f"{namespace}.")
            staging.know(conn.execute(select(person.c.id).where(mine)).scalars())

    def knows(self, patient: str) -> bool:
        """Whether a patient is in the source's files, or was imported from it before."""
        known = self._patients.get(patient)
        if known is None:
            if len(self._patients) >= _CACHED:
                self._patients.clear()
            known = self._patients[patient] = self._staging.has_patient(patient) or self._is_stored(patient)
        return known

    def owner(self, here: Here) -> Owned | None:
        """Whose a resource is, as it will be once the import is done; None for one that is nowhere."""
        found = self._staging.run("SELECT patient, hidden, sensitive FROM staged WHERE type = ? AND id = ?", here)
        if found:
            return None if found[0][0] is None else Owned(*found[0])
        columns = resource.c.patient_id, resource.c.hidden, resource.c.sensitive
        wanted = select(*columns).where(resource.c.type == here.type, resource.c.id == here.id)
        with self._database.begin() as conn:
            row = conn.execute(wanted).one_or_none()
        return None if row is None else Owned(*row)

    def _is_stored(self, patient: str) -> bool:
        return bool(self._staging.run("SELECT 1 FROM known WHERE id = ?", (patient,)))
