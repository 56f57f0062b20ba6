"""What the mock and the staging know together of a source: which people, and whose a resource is."""

from typing import NamedTuple

import msgspec
from sqlalchemy import select

from genesis_tui.mock_backend.database.engine import Database
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.imports.compartment import SEVERAL, UNKNOWN
from genesis_tui.mock_backend.imports.references import LocalId
from genesis_tui.mock_backend.imports.report import Report, Spot
from genesis_tui.mock_backend.imports.staging import Staging
from genesis_tui.mock_backend.imports.store import of_namespace

_CACHED = 50_000

_BATCH = 500
_UNSETTLED = {
    "Binary": ("not-referred-to", "type = 'Binary' AND patient IS NULL"),
    "Provenance": ("unknown-target", "type = 'Provenance' AND patient IS NULL"),
}


class Owned(NamedTuple):
    """Whose a resource is, and what of it decides on who sees it."""

    patient: str
    hidden: bool
    sensitive: bool


class KnownOwners:
    """The people and resources of one source, staged or stored."""

    def __init__(self, database: Database, staging: Staging, namespace: str) -> None:
        self._database = database
        self._staging = staging
        self._patients: dict[str, bool] = {}
        with database.begin() as conn:
            mine = of_namespace(person.c.id, namespace)
            staging.know(conn.execute(select(person.c.id).where(mine)).scalars())

    def knows(self, patient: str) -> bool:
        """Whether a patient is in the source's files, or was imported from it before."""
        known = self._patients.get(patient)
        if known is None:
            if len(self._patients) >= _CACHED:
                self._patients.clear()
            known = self._patients[patient] = self._staging.has_patient(patient) or self._is_stored(patient)
        return known

    def owner(self, here: LocalId) -> Owned | None:
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


def settle(staging: Staging, known: KnownOwners, report: Report, names: list[str]) -> None:
    """Leaves in `staging` what will be stored, every resource with its patient; counts the rest in `report`."""
    report.refused.drop(staging.second_pass_done(), "given-again", names)
    report.refused.drop(staging.drop_unknown(), UNKNOWN, names)
    for kind, (reason, condition) in _UNSETTLED.items():
        for rows in staging.batches(condition, _BATCH):
            for row in rows:
                refused = _settle_one(staging, known, kind, row[0], row[6], row[8], reason)
                if refused:
                    gone = staging.drop(row[0])
                    report.refused.refuse(gone.type, refused, Spot(names[gone.file], gone.place))


def _settle_one(
    staging: Staging, known: KnownOwners, kind: str, number: int, own_id: str, waits: str, reason: str
) -> str:
    """Gives one Binary or Provenance its patient; '' then, else the reason why it has none.

    Where all that refer to an attachment never show, it does not either; it is as sensitive as any of them (FAM-7).
    """
    spoken_of = [LocalId(*one) for one in msgspec.json.decode(waits)]
    owners = [owner for one in spoken_of if (owner := known.owner(one))]
    if kind == "Binary" and not owners:
        rows = staging.run("SELECT DISTINCT type, id FROM attached WHERE binary = ?", (own_id,))
        owners = [owner for row in rows if (owner := known.owner(LocalId(*row)))]
    patients = {owner.patient for owner in owners} - {""}
    if len(patients) != 1:
        return SEVERAL if patients else reason
    hidden = all(owner.hidden for owner in owners)
    sensitive = any(owner.sensitive for owner in owners)
    change = "UPDATE staged SET patient = ?, hidden = hidden OR ?, sensitive = sensitive OR ? WHERE n = ?"
    staging.run(change, (patients.pop(), hidden, sensitive, number))
    return ""
