"""Content credentials for the demo's pictures, signed by a certificate that is made up at start and says so."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

GENERATOR = "Triptych demo engine"
SIGNED_BY = "Triptych demo engine: not a real signature"
# A picture drawn by rules is "algorithmic media"; IPTC keeps "trained algorithmic media" for what a model made.
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
EDITED_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
NO_THUMBNAIL = {"builder": {"thumbnail": {"enabled": False}}}
DAYS = 30


@dataclass(frozen=True)
class _Signing:
    """The native signer, the context that leaves thumbnails out (they cost more time than a signature), the root."""

    signer: Any
    context: Any
    root: str


def signed(data: bytes, media_type: str, edited: bool = False) -> bytes:
    """The file with its manifest in it; png, jpeg, webp, gif and svg. Some 10 ms for a 1024 × 1024 picture."""
    from c2pa import Builder

    signing, out = _signing(), io.BytesIO()
    with Builder(_claim(edited), signing.context) as builder:
        builder.sign(signing.signer, media_type, io.BytesIO(data), out)
    return out.getvalue()


def root() -> str:
    """The root of this process's certificates as PEM: who is signed by it is this demo engine."""
    return _signing().root


def _claim(edited: bool) -> dict[str, Any]:
    action = {
        "action": "c2pa.created",
        "digitalSourceType": EDITED_TYPE if edited else SOURCE_TYPE,
        "softwareAgent": {"name": GENERATOR},
    }
    return {
        "claim_generator_info": [{"name": GENERATOR, "version": "1"}],
        "title": "An image by the demo engine",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }


@lru_cache(maxsize=1)
def _signing() -> _Signing:
    """Keys and certificates of this process alone: they live in memory and are never written anywhere."""
    from c2pa import C2paSignerInfo, Context, Settings, Signer
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    # The standard refuses a self-signed signer, so the leaf has a root of its own, thrown away as well.
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Triptych demo engine: throw-away root", root_key, None, root_key)
    leaf = _certificate(SIGNED_BY, key, root, root_key)
    chain = leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = Signer.from_info(C2paSignerInfo("es256", chain, secret, None))
    return _Signing(signer, Context(Settings.from_dict(NO_THUMBNAIL)), root.public_bytes(Encoding.PEM).decode())


def _certificate(
    name: str, key: "EllipticCurvePrivateKey", issuer: "Certificate | None", issuer_key: "EllipticCurvePrivateKey"
) -> "Certificate":
    """A certificate by C2PA's profile; without an `issuer` it is a root."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, GENERATOR),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    root, now = issuer is None, datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(
            issuer.subject if issuer else subject, subject, key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(_usage(root), critical=True)
    )
    if not root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(root: bool) -> Any:
    from cryptography import x509

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
