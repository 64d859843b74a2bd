"""What counts as the public internet, in every spelling, and the way out that the environment names."""

from pathlib import Path

import pytest

from triptych.errors import InvalidSetting
from triptych.networks import DIRECT, environment_route, is_public, refuse_private

NOT_PUBLIC = """
    0.0.0.0 0.1.2.3 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
    172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1
    203.0.113.1 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16

    :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:192.168.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1
    64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 64:ff9b:1::808:808 100::1 100:0:0:1::1
    2001::1 2001:0:0:0:0:0:80ff:fffe 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1
    3ffe::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd20:ce::254 fe80::1 fe80::1%eth0 fec0::1 feff::1 ff02::1 ff0e::1
    2606:4700::1111%eth0 4000::1 nonsense 127.1 2130706433
"""
PUBLIC = (
    "8.8.8.8 93.184.215.14 1.1.1.1 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450::1 2400:cb00::1 64:ff9b::808:808"
)


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_what_is_not_global_unicast_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


SPELLINGS = """
    localhost LOCALHOST 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0 0x0 ①②⑦.0.0.1 127。0。0。1
    [::1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::]
    [fe80::1%25lo] [fec0::1] [2001:db8::1] 169.254.169.254 0xa9fea9fe 2852039166 [::ffff:a9fe:a9fe] 192.0.2.1 3232235521
"""


@pytest.mark.parametrize("host", SPELLINGS.split())
def test_no_spelling_of_our_own_network_is_let_through(host: str) -> None:
    with pytest.raises(InvalidSetting, match=r"this server's own network|cannot be found"):
        refuse_private(f"http://{host}:8080/v1")


@pytest.mark.parametrize("host", ["nowhere.invalid", "localhost.", "127.0.0.1."])
def test_a_host_that_is_not_there_is_refused(host: str) -> None:
    with pytest.raises(InvalidSetting, match=r"cannot be found|this server's own network"):
        refuse_private(f"http://{host}/v1")


@pytest.mark.parametrize(
    ("said", "base_url", "proxy"),
    [
        ({}, "https://api.openai.com/v1", None),
        ({"HTTPS_PROXY": "http://p:3128"}, "https://api.openai.com/v1", "http://p:3128"),
        ({"https_proxy": "p:3128"}, "https://api.openai.com/v1", "http://p:3128"),
        ({"HTTPS_PROXY": "http://p:3128"}, "http://gateway.example/v1", None),
        ({"HTTP_PROXY": "http://p:3128"}, "http://gateway.example/v1", "http://p:3128"),
        ({"HTTP_PROXY": "http://p:3128"}, "http://localhost:8080/v1", None),
        ({"HTTP_PROXY": "http://p:3128"}, "http://127.0.0.1:8080/v1", None),
        ({"ALL_PROXY": "http://p:3128"}, "https://api.openai.com/v1", "http://p:3128"),
        ({"ALL_PROXY": "socks5://p:1080"}, "https://api.openai.com/v1", None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example.com,.openai.com"}, "https://api.openai.com/v1", None),
        ({"HTTPS_PROXY": "http://p:1", "TRIPTYCH_PROXY": "http://q:2"}, "https://api.openai.com/v1", "http://q:2"),
        ({"NO_PROXY": "*", "TRIPTYCH_PROXY": "http://q:2"}, "https://api.openai.com/v1", "http://q:2"),
    ],
)
def test_the_way_out_is_what_the_environment_names(
    said: dict[str, str], base_url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name, value)

    assert proxy == environment_route(base_url).proxy


@pytest.mark.parametrize("proxy", ["p:3128", "socks5://p:1080", "http://", "http://p:0", "http://p:http"])
def test_a_proxy_that_is_none_is_refused_in_words(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_PROXY", proxy)

    with pytest.raises(InvalidSetting, match="TRIPTYCH_PROXY must be the address of an HTTP proxy"):
        environment_route("https://api.openai.com/v1")


@pytest.mark.parametrize("variable", ["TRIPTYCH_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_that_are_not_there_are_refused_by_the_variables_name(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert DIRECT == environment_route("https://api.openai.com/v1")
    monkeypatch.setenv(variable, str(tmp_path / "none.pem"))
    from triptych.settings import settings

    settings.cache_clear()

    with pytest.raises(InvalidSetting, match=f"{variable} names no file"):
        environment_route("https://api.openai.com/v1")
