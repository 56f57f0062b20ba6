"""Imports the files of one source into a mock: read twice, made ready aside, then stored."""

import time
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.database.schema.record import resource, source
from genesis_tui.mock_backend.imports.convert import Converter
from genesis_tui.mock_backend.imports.files import SourceFile
from genesis_tui.mock_backend.imports.passes import Passes, references_of
from genesis_tui.mock_backend.imports.people import PeopleImport
from genesis_tui.mock_backend.imports.references import IdMap, namespace_of
from genesis_tui.mock_backend.imports.report import Report
from genesis_tui.mock_backend.imports.resolve import KnownOwners, settle
from genesis_tui.mock_backend.imports.staging import Staging
from genesis_tui.mock_backend.imports.store import Store, of_namespace
from genesis_tui.mock_backend.mock import Mock

_RESERVED = frozenset({"consent", "grant"})
"""Beginnings of ids that the mock gives itself."""


class WorldChangedError(Exception):
    """The mock's world began again while an import was under way; nothing was imported."""


def import_source(mock: Mock, name: str, files: Sequence[SourceFile], *, sign_ins: bool = False) -> Report:
    """Takes from `files` whatever can be stored and attributed, as records of the source `name`.

    May run in any thread. What is there before stays until all is ready; a file that cannot be read to its end counts
    for nothing. `sign_ins`: everybody in it gets a DS Logon. Raises WorldChangedError.
    """
    started, now = time.perf_counter(), mock.clock.micros()
    with mock.database.begin() as conn:
        naming, fresh = _naming(conn, name)
    report = Report(name, naming.namespace)
    staging = Staging()
    try:
        _make_ready(mock, files, naming, staging, report, now)
        store = Store(mock.database, staging, report, now=now, fresh=fresh)
        enrolling = PeopleImport(mock, staging, report, now=now, sign_ins=sign_ins)
        _store(mock, naming, store, enrolling, name, now)
    finally:
        staging.close()
    report.seconds = time.perf_counter() - started
    return report


def _make_ready(
    mock: Mock, files: Sequence[SourceFile], naming: IdMap, staging: Staging, report: Report, now: int
) -> None:
    passes = Passes(files, naming, staging, report)
    passes.first()
    known = KnownOwners(mock.database, staging, naming.namespace)
    references = references_of(naming, staging)
    passes.second(Converter(naming, references, known.knows, staging, now=now))
    settle(staging, known, report, [file.name for file in files])


def _store(mock: Mock, naming: IdMap, store: Store, enrolling: PeopleImport, name: str, now: int) -> None:
    with mock.database.begin() as conn:
        known = conn.execute(update(source).where(source.c.name == name).values(begun=now, home=naming.home)).rowcount
        if not known:
            conn.execute(insert(source).values(name=name, namespace=naming.namespace, home=naming.home, begun=now))
    store.put_new()
    with mock.database.begin() as conn:
        begun = conn.execute(select(source.c.begun).where(source.c.name == name)).scalar()
        if begun == now:
            store.put_known(conn)
            enrolling.enrol(conn)
            store.put_requests(conn)
            conn.execute(update(source).where(source.c.name == name).values(imported=now))
        else:
            _remove_strays(conn, naming.namespace)
    mock.database.people_changed()
    if begun != now:
        raise WorldChangedError


def _naming(conn: Connection, name: str) -> tuple[IdMap, bool]:
    """How the ids of a source are made, and whether it was never imported before."""
    kept = conn.execute(select(source.c.namespace, source.c.home).where(source.c.name == name)).one_or_none()
    if kept is not None:
        return IdMap(kept.namespace, kept.home), False
    stem, number = namespace_of(name), 1
    namespace = stem
    while namespace in _RESERVED or _is_taken(conn, namespace):
        number += 1
        namespace = f"{stem[:16]}{number}"
    return IdMap(namespace), True


def _is_taken(conn: Connection, namespace: str) -> bool:
    mine = of_namespace(resource.c.id, namespace)
    by_source = select(source.c.name).where(source.c.namespace == namespace)
    return (
        conn.execute(by_source).first() is not None
        or conn.execute(select(resource.c.row).where(mine)).first() is not None
    )


def _remove_strays(conn: Connection, namespace: str) -> None:
    """Takes away what went into a world that has begun again since, and belongs to nobody in it."""
    mine = of_namespace(resource.c.id, namespace)
    conn.execute(delete(resource).where(mine, resource.c.patient_id.not_in(select(person.c.id))))
