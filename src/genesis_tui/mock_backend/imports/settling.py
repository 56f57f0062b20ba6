"""What can be said only once a whole source is staged: the latest versions, attachments, origins."""

import msgspec

from genesis_tui.mock_backend.imports.compartment import SEVERAL, UNKNOWN
from genesis_tui.mock_backend.imports.names import Here
from genesis_tui.mock_backend.imports.report import Report, Spot
from genesis_tui.mock_backend.imports.resolve import Known
from genesis_tui.mock_backend.imports.staging import Staging

_BATCH = 500
_UNSETTLED = {
    "Binary": ("not-referred-to", "type = 'Binary' AND patient IS NULL"),
    "Provenance": ("unknown-target", "type = 'Provenance' AND patient IS NULL"),
}


def settle(staging: Staging, known: Known, report: Report, names: list[str]) -> None:
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


def _settle_one(staging: Staging, known: Known, kind: str, number: int, own_id: str, waits: str, reason: str) -> str:
    """Gives one Binary or Provenance its patient; '' then, else the reason why it has none.

    Where all that refer to an attachment never show, it does not either; it is as sensitive as any of them (FAM-7).
    """
    spoken_of = [Here(*one) for one in msgspec.json.decode(waits)]
    owners = [owner for one in spoken_of if (owner := known.owner(one))]
    if kind == "Binary" and not owners:
        rows = staging.run("SELECT DISTINCT type, id FROM attached WHERE binary = ?", (own_id,))
        owners = [owner for row in rows if (owner := known.owner(Here(*row)))]
    patients = {owner.patient for owner in owners} - {""}
    if len(patients) != 1:
        return SEVERAL if patients else reason
    hidden = all(owner.hidden for owner in owners)
    sensitive = any(owner.sensitive for owner in owners)
    change = "UPDATE staged SET patient = ?, hidden = hidden OR ?, sensitive = sensitive OR ? WHERE n = ?"
    staging.run(change, (patients.pop(), hidden, sensitive, number))
    return ""
