"""What is the public internet and what is our own network, and the way out for the account of the environment."""

import ipaddress
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from triptych.errors import InvalidSetting
from triptych.settings import settings

# IANA's registry of IPv6 addresses, 2026: global unicast is this block alone, without what it reserves inside it.
GLOBAL = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
RESERVED_6 = "2001::/23 2001:db8::/32 2002::/16 3ffe::/16 3fff::/20"  # Teredo and the like, documentation, 6to4, 6bone
# IANA's registry of special IPv4 addresses, multicast and all above it, and what Azure's machines ask Azure by.
RESERVED_4 = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 168.63.129.16/32
"""
RESERVED = tuple(map(ipaddress.ip_network, (RESERVED_4 + RESERVED_6).split()))


@dataclass(frozen=True)
class Route:
    """How requests leave this machine: by an HTTP proxy, None for straight, trusting the PEM file ``ca_bundle`` too.

    The proxy's address may hold a password, so it shows in no repr.
    """

    proxy: str | None = field(default=None, repr=False)
    ca_bundle: Path | None = None


DIRECT = Route()


def environment_route(base_url: str) -> Route:
    """The way to ``base_url`` that the environment names, ours before the usual variables.

    Raises InvalidSetting where it names no HTTP proxy or no file.
    """
    chosen = settings()
    said = chosen.proxy.get_secret_value() if chosen.proxy else None
    bundle = chosen.ca_bundle or (Path(usual) if (usual := os.environ.get("SSL_CERT_FILE")) else None)
    if bundle and not bundle.is_file():
        variable = "TRIPTYCH_CA_BUNDLE" if chosen.ca_bundle else "SSL_CERT_FILE"
        raise InvalidSetting(f"{variable} names no file. It is a PEM file of certificates.")
    return Route(_clean_proxy(said) if said else _usual_proxy(base_url), bundle)


def _clean_proxy(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named or not url.strip().isprintable():
        raise InvalidSetting("TRIPTYCH_PROXY must be the address of an HTTP proxy, like http://proxy.example.com:3128.")
    return url.strip()


def _usual_proxy(base_url: str) -> str | None:
    """What HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say; this machine is reached straight."""
    parts, said = urlsplit(base_url), getproxies_environment()
    host = parts.hostname or ""
    proxy = said.get(parts.scheme.lower()) or said.get("all")
    if not proxy or is_this_machine(host) or proxy_bypass(host):
        return None
    url = proxy if "://" in proxy else f"http://{proxy}"
    return url if url.startswith(("http://", "https://")) else None


def is_this_machine(host: str) -> bool:
    """Whether a host's name or address says of itself that it is this machine's own."""
    try:
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_private(base_url: str) -> None:
    """Raise InvalidSetting unless every address the host resolves to belongs to the public internet; asks the DNS."""
    parts = urlsplit(base_url)
    port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise InvalidSetting("The address names a host that cannot be found.") from None
    if not all(is_public(str(entry[4][0])) for entry in found):
        raise InvalidSetting(
            "The address leads into this server's own network. Others use this playground too, so only its operator "
            "may choose such an address, by OPENAI_BASE_URL."
        )


def is_public(address: str) -> bool:
    """Whether an IP address is global unicast; what is not known to be is not, and so is what names an interface.

    NAT64 is how an IPv6 network names a host that has IPv4 only: it counts as the IPv4 address in it.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id:
            return False
        if ip in NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip not in GLOBAL:
            return False
    return not any(ip.version == block.version and ip in block for block in RESERVED)
