"""Certificates that a test makes for itself."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """PEM files: an authority, and what it signed for a server at 127.0.0.1 and for a client."""

    ca: Path
    server: tuple[Path, Path]
    client: tuple[Path, Path]


def make(folder: Path) -> Certificates:
    """Write an authority and two pairs of certificate and key into a folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    ca = _builder("test authority", key, "test authority")
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    ca = ca.add_extension(_usage(signs=True), critical=True)
    ca = ca.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    signed = ca.sign(key, hashes.SHA256())
    path = folder / "ca.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return Certificates(
        ca=path,
        server=_signed(folder, "server", ExtendedKeyUsageOID.SERVER_AUTH, key),
        client=_signed(folder, "client", ExtendedKeyUsageOID.CLIENT_AUTH, key),
    )


def _signed(
    folder: Path, name: str, usage: x509.ObjectIdentifier, issuer: ec.EllipticCurvePrivateKey
) -> tuple[Path, Path]:
    """Write a certificate and its key and return their paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, key, "test authority")
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs=False), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([host]), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    builder = builder.add_extension(authority, critical=False)
    pair = folder / f"{name}.pem", folder / f"{name}.key"
    pair[0].write_bytes(builder.sign(issuer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    pair[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pair


def _usage(*, signs: bool) -> x509.KeyUsage:
    """Return what a key may be used for: to sign certificates, or in handshakes."""
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(subject: str, key: ec.EllipticCurvePrivateKey, issuer: str) -> x509.CertificateBuilder:
    """Return a certificate that is valid today, not yet signed."""
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )
