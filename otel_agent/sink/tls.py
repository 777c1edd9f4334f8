"""The certificate of the sink's servers."""

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """PEM files; with `client_ca` a client must have a certificate of it."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


def context_of(tls: Tls) -> ssl.SSLContext:
    """Return the context of a server; raises OSError and ssl.SSLError for files that cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    if tls.client_ca:
        context.load_verify_locations(tls.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
