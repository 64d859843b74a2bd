"""Signs images on the spot with certificates made up for it, and damages them in the ways that must be told apart."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from c2pa import Builder, C2paBuilderIntent, C2paSignerInfo, Context, Settings, Signer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from PIL import Image

MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
CLAIM_SIGNING = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")  # C2PA's own key usage
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED = f"{IPTC}trainedAlgorithmicMedia"
TITLE = "A lighthouse at dusk"
LONG = 4  # the hex digits of a certificate's length in CBOR and DER

Key = ec.EllipticCurvePrivateKey
Span = tuple[int, int]


@dataclass(frozen=True)
class Authority:
    """A root, and a signer below it whose certificate runs from ``begins`` to ``ends``, days from now."""

    name: str = "Lighthouse Labs"
    begins: float = -1
    ends: float = 30
    asked_at: str = ""  # where its certificate says that one may ask whether it was withdrawn

    def __post_init__(self) -> None:
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _certificate(f"{self.name} Root", root_key, None, root_key, (-60.0, 300.0))
        object.__setattr__(self, "_made", (root_key, key, root))

    @property
    def key(self) -> Key:
        return self._made[1]  # type: ignore[attr-defined,no-any-return]

    def leaf(self, begins: float, ends: float) -> x509.Certificate:
        """The signer's certificate; another each time, of the same key."""
        root_key, key, root = self._made  # type: ignore[attr-defined]
        return _certificate(self.name, key, root, root_key, (begins, ends), asked_at=self.asked_at)

    @property
    def anchors(self) -> bytes:
        """The root as PEM: a trust list that knows this issuer."""
        return self._made[2].public_bytes(Encoding.PEM)  # type: ignore[attr-defined,no-any-return]

    def signer(self) -> Signer:
        chain = self.leaf(self.begins, self.ends).public_bytes(Encoding.PEM) + self.anchors
        secret = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Signer.from_info(C2paSignerInfo("es256", chain, secret, None))


def _certificate(
    name: str,
    key: Key,
    issuer: x509.Certificate | None,
    issuer_key: Key,
    days: tuple[float, float],
    *,
    asked_at: str = "",
) -> x509.Certificate:
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    root, now = issuer is None, datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer.subject if issuer else subject)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number((1 << 126) + x509.random_serial_number() % (1 << 120))  # always as long
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(_usage(root), critical=True)
    )
    if not root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([CLAIM_SIGNING]), critical=False)
    if asked_at:
        way = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(asked_at))
        builder = builder.add_extension(x509.AuthorityInformationAccess([way]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not root,
        key_cert_sign=root,
        crl_sign=root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def plain(form: str = "PNG", size: Span = (96, 64)) -> bytes:
    """An unsigned image of noise, so that its pixels are most of the file."""
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, form)
    return out.getvalue()


def claim(source: str | None = TRAINED, action: str = "c2pa.created", **more: Any) -> dict[str, Any]:
    """What a generator claims of its image."""
    step = {"action": action, "softwareAgent": {"name": "gpt-image", "version": "2.6"}}
    step |= {"digitalSourceType": source} if source else {}
    return {
        "claim_generator_info": [{"name": "Lighthouse Studio", "version": "4.2"}],
        "title": TITLE,
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [step | more]}}],
    }


def signed(
    by: Authority,
    form: str = "PNG",
    *,
    data: bytes | None = None,
    claims: Mapping[str, Any] | None = None,
    parents: Mapping[str, bytes] | None = None,
    remote: str = "",
) -> bytes:
    """An image with its manifest in it; ``parents`` by title, all PNG. ``remote`` names where it is kept instead."""
    out, media_type = io.BytesIO(), MEDIA_TYPES[form]
    settings = {"builder": {"thumbnail": {"long_edge": 64}}, "trust": {"trust_config": CLAIM_SIGNING.dotted_string}}
    with Builder(dict(claims or claim()), Context(Settings.from_dict(settings))) as builder:
        for title, parent in (parents or {}).items():
            builder.add_ingredient({"title": title, "relationship": "parentOf"}, "image/png", io.BytesIO(parent))
        if parents and "c2pa.created" not in str(claims):  # what is edited was opened: that step is added
            builder.set_intent(C2paBuilderIntent.EDIT)
        if remote:
            builder.set_remote_url(remote)
            builder.set_no_embed()
        builder.sign(by.signer(), media_type, io.BytesIO(data or plain(form)), out)
    return out.getvalue()


def boxes(data: bytes, at: int, end: int, path: str = "") -> Iterator[tuple[str, Span]]:
    """Each JUMBF box between ``at`` and ``end``: the labels that lead to it, and where its content lies."""
    while at + 8 <= end:
        length = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"jumb":
            head = int.from_bytes(data[at + 8 : at + 12], "big")
            label = data[at + 33 : at + 8 + head].split(b"\0")[0].decode()
            yield f"{path}/{label}", (at + 8, at + length)
            yield from boxes(data, at + 8 + head, at + length, f"{path}/{label}")
        else:
            yield path, (at + 8, at + length)
        at += length


def store_of(png: bytes) -> Span:
    """Where the manifest store lies in a signed PNG."""
    at = png.index(b"caBX")
    return at + 4, at + 4 + int.from_bytes(png[at - 4 : at], "big")


def content(png: bytes, label: str) -> Span:
    """Where the content of the last box of that label lies in a signed PNG: the active manifest comes last."""
    return [span for path, span in boxes(png, *store_of(png)) if path.endswith(label)][-1]


def flipped(data: bytes, at: int) -> bytes:
    """The file with one bit of one byte turned."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def orphaned(png: bytes) -> bytes:
    """A signed PNG whose first ingredient's own manifest goes by another name, so that it is not found."""
    first = next(path for path, _ in boxes(png, *store_of(png)) if path.count("/") == 2)
    return flipped(png, png.index(first.rpartition("/")[2].encode()) + 20)


def expired(png: bytes, by: Authority) -> bytes:
    """A PNG signed by ``by`` that was signed, as it now says, with a certificate that ended five days ago.

    The signature is made anew: no library signs with one that has ended.
    """
    start, end = content(png, "c2pa.signature")
    claim_start, claim_end = content(png, "c2pa.claim.v2")
    sign1 = png[start:end]
    at = sign1.index(b"\x59")  # the protected header, and in it the chain
    while sign1[at + 3 : at + 5] != b"\x30\x82":
        at = sign1.index(b"\x59", at + 1)
    length = int.from_bytes(sign1[at + 1 : at + 3], "big")
    head_at = sign1.index(b"\x84\x59") + 2
    head = int.from_bytes(sign1[head_at : head_at + 2], "big")
    old = b""
    while len(old) != length:  # a signature's length differs by a byte or two
        old = by.leaf(-40, -5).public_bytes(Encoding.DER)
    sign1 = sign1[: at + 3] + old + sign1[at + 3 + length :]
    protected = sign1[head_at + 2 : head_at + 2 + head]
    said = b"\x84\x6aSignature1" + _packed(protected) + b"\x40" + _packed(png[claim_start:claim_end])
    raw = b"".join(n.to_bytes(32, "big") for n in decode_dss_signature(by.key.sign(said, ec.ECDSA(hashes.SHA256()))))
    assert sign1[-66:-64] == b"\x58\x40"
    return png[:start] + sign1[:-64] + raw + png[end:]


def _packed(data: bytes) -> bytes:
    """A byte string in CBOR, of 256 bytes or more."""
    return b"\x59" + len(data).to_bytes(2, "big") + data
