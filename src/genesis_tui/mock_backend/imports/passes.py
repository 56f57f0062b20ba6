"""The two passes over a source's files: who is in them, then whose each resource is. Order does not matter so."""

from collections.abc import Callable, Sequence

import msgspec

from genesis_tui.mock_backend.imports.bundles import SourceEntry
from genesis_tui.mock_backend.imports.compartment import patient_references
from genesis_tui.mock_backend.imports.convert import Converter, identity
from genesis_tui.mock_backend.imports.files import BrokenFile, SourceFile, read
from genesis_tui.mock_backend.imports.references import IdMap, LocalId, References, target_of
from genesis_tui.mock_backend.imports.report import NO_TYPE, Report, Spot, Tally
from genesis_tui.mock_backend.imports.staging import Staged, Staging

_MOST_BASES = 1000
_CACHED = 50_000
FAULTS = (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError, AttributeError)
"""What storing a resource of a hostile shape may raise."""


class Passes:
    """One source's files on their way into `staging`. What is refused goes into `report`."""

    def __init__(self, files: Sequence[SourceFile], naming: IdMap, staging: Staging, report: Report) -> None:
        self._files = files
        self._naming = naming
        self._staging = staging
        self._report = report
        self._broken: set[int] = set()
        self._too_early = False

    def first(self) -> None:
        """Collects the patients, the servers, and the fullUrls that do not tell a resource's type and id."""
        while True:
            home, self._too_early = self._naming.home, False
            for number, file in enumerate(self._files):
                if number not in self._broken:
                    self._file(
                        number, file, heads=True, take=lambda entry, scope, n, tally: self._note(entry, scope, n)
                    )
            if self._naming.home == home or not self._too_early:
                return
            for number in range(len(self._files)):
                self._staging.forget_file(number)

    def second(self, maker: Converter) -> None:
        """Stages every resource that belongs to somebody here, or to nobody in particular."""

        def take(entry: SourceEntry, scope: int, number: int, tally: Tally) -> None:
            try:
                made = maker.make(entry, scope, number)
            except FAULTS:
                made = "cannot-be-stored"
            if isinstance(made, Staged):
                self._staging.put(made)
            else:
                tally.refuse(entry.type[:64], made, Spot(self._files[number].name, entry.place))

        for number, file in enumerate(self._files):
            if number not in self._broken:
                self._file(number, file, heads=False, take=take)
        self._report.files = len(self._files) - len(self._broken)

    def _file(
        self, number: int, file: SourceFile, *, heads: bool, take: Callable[[SourceEntry, int, int, Tally], None]
    ) -> None:
        """One file, kept whole or not at all."""
        tally = Tally()
        self._staging.begin_file()
        try:
            for scope, entry in read(file, number=number, heads=heads):
                if isinstance(entry, SourceEntry):
                    take(entry, scope, number, tally)
                else:
                    tally.refuse(NO_TYPE, entry.reason, Spot(file.name, entry.place))
        except BrokenFile as error:
            self._staging.drop_file()
            self._staging.forget_file(number)
            self._broken.add(number)
            self._report.broken.append((file.name, error.where, error.why))
            return
        self._staging.keep_file()
        if not heads:
            self._report.refused.add(tally)

    def _note(self, entry: SourceEntry, scope: int, number: int) -> None:
        target = target_of(entry.full_url) if entry.full_url else None
        self._find_home(entry, target.base if target else "")
        plain = target is not None and (target.type, target.id) == (entry.type, entry.body.get("id"))
        if entry.type != "Patient" and (plain or not entry.full_url):
            return
        try:
            base, new_id = identity(entry, self._naming)
        except FAULTS:
            return
        self._too_early |= bool(base and not self._naming.home)
        if entry.type == "Patient":
            self._staging.add_patient(new_id, number)
        if entry.full_url and not plain:
            self._staging.add_alias(entry.full_url, scope, LocalId(entry.type, new_id), number)

    def _find_home(self, entry: SourceEntry, base: str) -> None:
        """The server of the first patient is home; where patients name none, the one they are referred to on."""
        naming = self._naming
        if base and len(naming.bases) < _MOST_BASES:
            naming.bases.add(base)
        if naming.home:
            return
        if entry.type == "Patient":
            naming.home = base
            return
        for reference in patient_references(entry.body, entry.type):
            target = target_of(reference)
            if target is not None and target.type == "Patient":
                naming.home = target.base or base


def references_of(naming: IdMap, staging: Staging) -> References:
    """The references of a source, once its first pass is done."""
    if not staging.first_pass_done():
        return References(naming, lambda url, scope: None)
    known: dict[tuple[str, int], LocalId | None] = {}

    def alias(url: str, scope: int) -> LocalId | None:
        key = (url, scope)
        if key not in known:
            if len(known) >= _CACHED:
                known.clear()
            known[key] = staging.alias(url, scope)
        return known[key]

    return References(naming, alias)
