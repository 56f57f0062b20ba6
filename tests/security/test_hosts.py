"""HOST-1: no look-alike, no redirect and no link of a server takes a byte of ours elsewhere."""

import pytest

from genesis_tui.api_client.http import hosts
from genesis_tui.models.base.errors import HostRefused
from genesis_tui.models.sign_in import Trust

pytestmark = pytest.mark.rule("HOST-1")

HOSTILE = """
https://health.mil.example.com
https://portal.health.mil.evil.test
https://healthmil.com
https://health-mil.test
https://mil
https://.mil
https://a..mil
https://-a.mil
https://a-.mil
https://health.mil.
https://health.mil..
https://health.mil.:443
https://health.mil:444
https://health.mil:80
https://health.mil:8443
https://health.mil:0443
https://health.mil:
https://health.mil:65536
https://health.mil:443:443
https://health.mil:99999999
https://xn--80ak6aa92e.mil
https://portal.xn--hlth-0ra.mil
https://XN--80AK6AA92E.mil
https://hеalth.mil
https://health。mil
https://health.mil．evil.test
https://ｈealth.mil
https://health.mıl
https://health.mil%2eevil.test
https://health.mil%00.evil.test
https://health.mil@evil.test
https://user@health.mil
https://user:pw@health.mil
https://evil.test/@health.mil
https://evil.test#.health.mil
https://evil.test?.mil
https://evil.test\\.health.mil
https://health.mil\\@evil.test
https://health.mil/..
https://health.mil/a/../../b
https://health.mil/a/%2e%2e/b
https://health.mil/a\\b
https://health.mil\t/x
https://health.mil /x
 https://health.mil
https:/health.mil
https:health.mil
//health.mil
health.mil
http://health.mil
http://health.mil:443
ftp://health.mil
file:///etc/passwd
javascript:alert(1)
https://2130706433
https://017700000001
https://0x7f000001
https://0x7f.1
https://127.1
https://127.0.1
https://127.0.0.1.mil.evil.test
https://0177.0.0.1
https://127.0.0.01
https://127.0.0.256
https://127.0.0.1.
https://128.0.0.1
https://126.255.255.255
https://10.0.0.1
https://0.0.0.0
https://192.168.0.1
https://169.254.169.254
https://[::]
https://[::2]
https://[::ffff:127.0.0.1]
https://[::ffff:7f00:1]
https://[0:0:0:0:0:0:0:1]
https://[::1%25lo]
https://[::1].mil
https://[fe80::1]
http://localhost
http://localhost:8801
http://localhost.mil.evil.test
http://127.0.0.1@evil.test
http://127.0.0.1:80@evil.test
http://127.0.0.1.evil.test
http://127-0-0-1.evil.test
http://0
http://::1
http://[::1
https://evil.test
https://a_b.mil
https://*.mil
""".strip("\n").split("\n")
HOSTILE += ["", "https://", "https://health.mil\n", "https://health.mil\r\nHost: x", "https://" + "a" * 64 + ".mil"]
HOSTILE += ["https://" + "a." * 130 + "mil", "https://health\u200b.mil", "https://health.mil\u202e"]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_look_alike_is_refused(url: str) -> None:
    with pytest.raises(HostRefused) as caught:
        hosts.check(url)
    assert (caught.value.rule, caught.value.reason) == ("HOST-1", "host-refused")
    assert caught.value.detail
    assert caught.value.next


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://hеalth.mil", "letters outside ASCII"),
        ("https://user@hеalth.mil", "letters outside ASCII"),
        ("https://user@health.mil", "names a user"),
        ("ftp://user@health.mil", "names a user"),
        ("https://health_mil/@x", "not written as host names"),
        ("https://evil.test\\.health.mil", "not written as host names"),
        ("ftp://health.mil", "must begin with https"),
        ("", "must begin with https"),
        ("HTTPS://*.mil", "not written as host names"),
        ("https://health.mil/..", "programs read differently"),
        ("https://health.mil:65536", "programs read differently"),
        ("http://health.mil", "Plain http"),
        ("https://[::2]", "IP address"),
        ("https://0x7f.1", "IP address"),
        ("https://a..mil", "not written as host names"),
        ("https://xn--80ak6aa92e.mil", "stands for letters"),
        ("https://health.mil:444", "port 443 only"),
        ("https://mil", "not under .mil"),
        ("https://evil.test", "not under .mil"),
    ],
)
def test_the_refusal_says_what_is_wrong_with_it(url: str, reason: str) -> None:
    with pytest.raises(HostRefused) as caught:
        hosts.check(url)
    assert reason in caught.value.detail


@pytest.mark.parametrize("url", ["", "portal.example.test", "https://user@portal.example.test"])
def test_an_address_that_is_none_is_not_trusted_by_its_own_profile(url: str) -> None:
    assert hosts.trusted_origin(url) == frozenset()


@pytest.mark.parametrize(("length", "allowed"), [(252, True), (253, True), (254, False)])
def test_a_host_name_has_253_characters_at_most(length: int, *, allowed: bool) -> None:
    host = "a" * (length - 204) + ".a" * 100 + ".mil"
    assert len(host) == length
    if allowed:
        assert hosts.check(f"https://{host}").host == host
    else:
        with pytest.raises(HostRefused):
            hosts.check(f"https://{host}")


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize(
    ("url", "trust", "label"),
    [
        ("https://my.mhsgenesis.health.mil", Trust.MIL, "my.mhsgenesis.health.mil:443"),
        ("HTTPS://My.Health.MIL:443/fhir?x=1", Trust.MIL, "my.health.mil:443"),
        ("http://127.0.0.1:8801/fhir/r4", Trust.LOOPBACK, "127.0.0.1:8801"),
        ("http://127.255.255.255", Trust.LOOPBACK, "127.255.255.255:80"),
        ("https://127.0.0.0:9", Trust.LOOPBACK, "127.0.0.0:9"),
        ("http://[::1]:65535/", Trust.LOOPBACK, "[::1]:65535"),
    ],
)
def test_what_the_rule_names_is_let_through(url: str, trust: Trust, label: str) -> None:
    address = hosts.check(url)
    assert (address.trust, address.label) == (trust, label)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://portal.example.test:8443/fhir", True),
        ("https://PORTAL.example.test:8443", True),
        ("https://portal.example.test", False),
        ("https://portal.example.test:8442", False),
        ("https://portal.example.test:8444", False),
        ("http://portal.example.test:8443", False),
        ("https://a.portal.example.test:8443", False),
        ("https://example.test:8443", False),
    ],
)
def test_a_trusted_host_is_trusted_to_the_letter(url: str, *, allowed: bool) -> None:
    trusted = hosts.trusted_origin("https://portal.example.test:8443/fhir/r4")
    if allowed:
        assert hosts.check(url, trusted=trusted).trust is Trust.TRUSTED
    else:
        with pytest.raises(HostRefused):
            hosts.check(url, trusted=trusted)


@pytest.mark.parametrize("url", ["https://10.0.0.1", "https://xn--a.test", "https://portal.test.", "https://[fe80::1]"])
def test_a_trust_flag_does_not_make_an_odd_address_good(url: str) -> None:
    with pytest.raises(HostRefused):
        hosts.check(url, trusted=hosts.trusted_origin(url))


@pytest.mark.parametrize(
    "link",
    [
        "https://health.mil/other",
        "https://health.mil/fhirx/r4",
        "https://evil.test/fhir",
        "https://other.health.mil/fhir/r4",
        "http://127.0.0.1/fhir",
        "https://health.mil/fhir/../oauth",
        "/fhir/r4?page=2",
    ],
)
def test_links_of_a_server_stay_with_the_server(link: str) -> None:
    base = hosts.check("https://health.mil/fhir")
    with pytest.raises(HostRefused):
        hosts.within(link, base)
    assert hosts.within("https://health.mil/fhir/r4?page=2", base).path == "/fhir/r4"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://health.mil/fhir/r4", "https://health.mil:443"),
        ("https://HEALTH.mil:443", "https://health.mil:443"),
        ("https://portal.example.test:8443/x", "https://portal.example.test:8443"),
        ("http://127.0.0.1:8801/a?b", "http://127.0.0.1:8801"),
    ],
)
def test_a_server_has_one_name_whatever_the_path(url: str, name: str) -> None:
    assert hosts.server_name(url) == name
