"""How a list is printed for programs: one JSON document, JSON lines or CSV, the same for every command that lists."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import wraps
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints, is_typeddict

import click

from genesis_tui.cli.base.output import print_csv, print_json

_FORMAT = "genesis_tui.format"


class Format(StrEnum):
    """What a program asked for."""

    JSON = "--json"
    LINES = "--jsonl"
    CSV = "--csv"


_HELP = {
    Format.JSON: "Print one JSON document.",
    Format.LINES: "Print JSON lines, one object per row.",
    Format.CSV: "Print CSV, one line per row.",
}


class Csv(NamedTuple):
    """Columns of a list that has its own."""

    heads: Sequence[str]
    rows: Iterable[Sequence[str]]


def list_formats(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`, `--jsonl` and `--csv`, which exclude each other; the command gets `as_json`, how faults are told."""

    @wraps(command)
    def run(**options: Any) -> Any:
        return command(as_json=chosen() in (Format.JSON, Format.LINES), **options)

    for form in reversed(Format):
        run = click.option(form.value, is_flag=True, expose_value=False, callback=_keep(form), help=_HELP[form])(run)
    return run


def _keep(form: Format) -> Callable[[click.Context, click.Parameter, bool], None]:
    def keep(ctx: click.Context, option: click.Parameter, value: bool) -> None:
        before = ctx.meta.get(_FORMAT)
        if value and before not in (None, form):
            raise click.UsageError(f"{before} and {form} exclude each other.", ctx)
        if value:
            ctx.meta[_FORMAT] = form

    return keep


def chosen() -> Format | None:
    """What a program asked for; None where a person reads."""
    form: Format | None = click.get_current_context().meta.get(_FORMAT)
    return form


def tells_all() -> bool:
    """Whether the document itself tells what is lacking, so that words need not."""
    return chosen() is Format.JSON


def print_list(tree: Mapping[str, Any], rows: str, csv: Csv | type) -> None:
    """A document in the format that was asked for; `rows` is the field that holds the list.

    Each JSON line, and each line of CSV without columns of its own, names the patient where the document does. Columns
    of CSV are its own, or the fields of the TypedDict of a row, the same whatever there is.
    """
    form = chosen()
    if form is Format.CSV and isinstance(csv, Csv):
        print_csv(csv.heads, csv.rows)
    elif form in (Format.CSV, Format.LINES):
        whose = {"patient": tree["patient"]["id"]} if isinstance(tree.get("patient"), dict) else {}
        named = [{**whose, **row} for row in tree[rows]]
        if form is Format.LINES:
            _lines(named)
        else:
            heads = [*whose, *_columns(csv)]
            cells = map(dict, map(_cells, named))
            print_csv(heads, ([row.get(head, "") for head in heads] for row in cells))
    else:
        print_json(tree)


def _lines(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        print_json(row, indented=False)


def _columns(kind: Any, before: str = "") -> Iterable[str]:
    """Dotted names of the fields of a TypedDict, through those that it holds."""
    for name, field in get_type_hints(kind).items():
        inner = next((one for one in (field, *get_args(field)) if is_typeddict(one)), None)
        if inner is None or get_origin(field) is list:
            yield before + name
        else:
            yield from _columns(inner, f"{before}{name}.")


def _cells(tree: dict[str, Any], before: str = "") -> Iterable[tuple[str, str]]:
    """Fields by dotted names; a list of words is joined, what else is in a list stays JSON."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _cells(value, f"{before}{name}.")
        elif isinstance(value, list):
            plain = all(isinstance(one, str) for one in value)
            yield f"{before}{name}", "; ".join(value) if plain else json.dumps(value, ensure_ascii=False)
        else:
            yield f"{before}{name}", _cell(value)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
