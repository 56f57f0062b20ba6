"""What attachments hold, as a person reads it: the layout of pages, charsets, base64."""

import base64

import pytest

from genesis_tui.api_client.fhir.attachments.content import bytes_of, letters, readable
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.sanitize import plain


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            "<table><tr><th>Drug</th><th>Tablets</th></tr><tr><td>Warfarin</td><td>1</td><td>5 mg</td></tr></table>",
            "Drug  Tablets\nWarfarin  1  5 mg",
        ),
        ("<table><tr><td>A<td>1<tr><td>B<td>2</table>after", "A  1\nB  2\nafter"),
        ("<table><tr><td>Warfarin</td><td/><td>5 mg</td><td></td></tr></table>", "Warfarin  –  5 mg"),
        (
            "<table><tr><td rowspan='2'>Warfarin</td><td>8 h</td></tr><tr><td>20 h</td></tr></table>",
            "Warfarin  8 h\nWarfarin  20 h",
        ),
        ("<table><tr><td>Take with food.<br/>Not at night</td><td>a<br>b</td></tr></table>", None),
        ("<table><tr><td><p>One</p><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>", "One\na  b"),
        ("<table><caption>Medicines</caption><tr><td>x</td></tr></table>", "Medicines\nx"),
        ("<ul><li>one<ul><li>two</li></ul></li></ul><ol><li>a</li><li>b</li></ol>", "- one\n  - two\n1. a\n2. b"),
        ("<dl><dt>Dose</dt><dd>5 mg</dd></dl>", "Dose\n5 mg"),
        ("<p>one\n  line</p>two<br>three", "one line\ntwo\nthree"),
        ("<pre>Na   139\nK      4</pre>", "Na   139\nK      4"),
        ("10<sup>9</sup>/L, 1<sup>st</sup>, H<sub>2</sub>O", "10^9/L, 1st, H2O"),
        ("take <del>5</del> 10 mg", "take [deleted: 5] 10 mg"),
        ("<input type=checkbox checked>yes <input type=checkbox>no", "[x] yes [ ] no"),
        ("x<script>bad()</script><style>p{}</style>y", "xy"),
        ("<img src=x alt='a rash'>", "[picture: a rash]"),
    ],
)
def test_what_stands_apart_on_a_page_stays_apart(page: str, said: str | None) -> None:
    expected = said if said is not None else "Take with food. Not at night  a; b"
    assert readable(page.encode(), "text/html") == expected


def test_a_document_of_c_cda_keeps_cells_items_and_names_apart() -> None:
    document = """<?xml version="1.0" encoding="ISO-8859-1"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Visit</title>
<patient><name><given>Tamsin</given><family>Quill</family></name></patient><section><title>Medicines</title><text>
<table><thead><tr><th>Drug</th><th>Dose</th></tr></thead><tbody><tr><td><content ID="m1">Warfarin</content></td><td>5
mg</td></tr></tbody></table><list listType="ordered"><item>one</item><item>two</item></list><paragraph>Señor
</paragraph><content revised="delete">old</content><![CDATA[ raw & true ]]></text></section></ClinicalDocument>"""
    assert readable(document.encode("latin-1"), "application/xml").split("\n") == [
        *("Visit", "", "Tamsin Quill", "", "Medicines", "", "Drug  Dose", "Warfarin  5 mg"),
        *("1. one", "2. two", "", "Señor", "", "[deleted: old] raw & true"),
    ]


@pytest.mark.parametrize(
    ("raw", "kind", "said"),
    [
        ("Señora Muñoz: 5 µg, 37 °C".encode("latin-1"), "text/plain; charset=iso-8859-1", "Señora Muñoz: 5 µg, 37 °C"),
        ("Zażółć 5 µg".encode("utf-16"), "text/plain; charset=utf-16", "Zażółć 5 µg"),
        ("Zażółć".encode("utf-16"), "text/plain", "Zażółć"),
        (b"\xef\xbb\xbfZa\xc5\xbc", "text/plain; charset=iso-8859-2", "Zaż"),
        (b"\x93quoted\x94 \x80 5", "text/plain; charset=ISO-8859-1", "“quoted” € 5"),
        ("5 µg".encode(), 'text/plain; charset="UTF-8"', "5 µg"),
        ("5 µg".encode(), "text/plain; charset=us-ascii", "5 µg"),
        ("5 µg".encode("cp1252"), "text/plain", "5 µg"),
        ("5 µg".encode(), "text/plain; charset=nonsense", "5 µg"),
        ("5 µg".encode(), "text/plain; charset=punycode", "5 µg"),
        ('<meta charset="windows-1250"><p>Zażółć'.encode("cp1250"), "text/html", "Zażółć"),
        ('<?xml version="1.0" encoding="iso-8859-2"?><p>Zażółć</p>'.encode("iso8859-2"), "text/xml", "Zażółć"),
        ('<?xml version="1.0"?><p>Zażółć</p>'.encode("utf-16-le"), "text/xml", "Zażółć"),
        (b"charset=utf-16 is not said here", "text/plain", "charset=utf-16 is not said here"),
    ],
)
def test_a_text_is_read_in_its_own_charset(raw: bytes, kind: str, said: str) -> None:
    assert readable(raw, kind) == said
    assert plain(letters(raw, kind), lines=True)


@pytest.mark.parametrize("content", [b"subjects???>>~~ \xff\xfe!", b"", b"a", b"ab", b"abc"])
def test_base64_is_read_in_either_alphabet_padded_or_not(content: bytes) -> None:
    for encoded in (base64.b64encode(content), base64.urlsafe_b64encode(content), base64.encodebytes(content)):
        assert bytes_of(encoded.decode()) == bytes_of(encoded.decode().rstrip("=\n")) == content


@pytest.mark.parametrize("text", ["not base64!", "a", "YQ==YQ==", "Ä"])
def test_what_is_no_base64_is_not_guessed_at(text: str) -> None:
    with pytest.raises(BadEntry, match="not base64"):
        bytes_of(text)
