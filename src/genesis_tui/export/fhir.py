"""A section of the record as a FHIR R4 Bundle of the resources that the server sent, byte for byte."""

import json

from genesis_tui.models.export import OriginalResource, SectionExport


def section_bundle(export: SectionExport) -> bytes:
    """A Bundle of type `collection`. No resource is read and written anew, so that numbers keep their digits."""
    head = {"resourceType": "Bundle", "type": "collection", "timestamp": export.made.isoformat(timespec="seconds")}
    entries = b",\n".join(map(_entry, export.originals))
    tail = b',"entry":[\n' + entries + b"\n]}\n" if entries else b"}\n"
    return json.dumps(head).encode()[:-1] + tail


def _entry(one: OriginalResource) -> bytes:
    address = b'"fullUrl":' + json.dumps(one.url).encode() + b"," if one.url else b""
    return b"{" + address + b'"resource":' + one.body + b"}"
