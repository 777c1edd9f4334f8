"""A server's words as one line of a log, without anything secret that the server was sent."""

import base64
import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

LIMIT = 200
SHORTEST = 6
"""A value with fewer characters is left: no secret is so short, and masking `1` spoils the words."""
MASK = "***"
# What may be a piece of a secret: a text that was cut in the middle of one, or that repeats a part of one.
_PIECE = re.compile(r"[\w.~%+/=\\-]{8,}", re.ASCII)
_STANDARD = str.maketrans("-_", "+/")


def in_one_line(text: str, headers: Mapping[str, str], *, endpoint: str = "") -> str:
    """Return a server's words as one line without any header's value and any value of the endpoint's query.

    A value is masked as it is and as servers write it: percent-encoded, in base64, with escaped slashes, cut.
    """
    secrets = sorted(set(_secrets(headers, endpoint)), key=len, reverse=True)
    for secret in secrets:  # the longest first, as it may contain another one
        text = text.replace(secret, MASK)
    text = _PIECE.sub(lambda piece: MASK if _tells(piece[0], secrets) else piece[0], text)
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:4096]).split())
    return line if len(line) <= LIMIT else line[: LIMIT - 1] + "…"


def _tells(piece: str, secrets: Collection[str]) -> bool:
    """Tell whether a piece of a text is a part of a secret, or has one in it when it is decoded."""
    readings = {unquote(piece), *(_from_base64(piece[begin:]) for begin in range(4))}
    return any(piece in secret or any(_core(secret) in text for text in readings) for secret in secrets)


def _core(secret: str) -> str:
    """Return a secret without its ends, which in base64 share their letters with what stands beside them."""
    return secret[2:-2] if len(secret) >= SHORTEST + 6 else secret


def _from_base64(text: str) -> str:
    """Return what a text would be in base64, of either alphabet, as far as it can be decoded."""
    letters = text.rstrip("=").translate(_STANDARD)
    try:
        return base64.b64decode(letters[: len(letters) // 4 * 4]).decode(errors="replace")
    except ValueError:
        return ""


def _secrets(headers: Mapping[str, str], endpoint: str) -> Iterator[str]:
    """Yield every form of every value that is long enough to be secret."""
    values = [*headers.values(), *(value for _, value in parse_qsl(_query(endpoint)))]
    for value in values:
        for part in _parts(value.strip()):
            if len(part) >= SHORTEST:
                yield from _forms(part)


def _query(endpoint: str) -> str:
    """Return what stands behind the question mark of a URL, "" where it cannot be read."""
    try:
        return urlsplit(endpoint).query
    except ValueError:
        return ""


def _parts(value: str) -> Iterator[str]:
    """Yield a value with and without its scheme, as in `Bearer …`, and what a `Basic` one encodes."""
    scheme, _, credentials = value.rpartition(" ")
    yield from (value, credentials)
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(credentials, validate=True).decode()
        except ValueError:
            return
        yield from (pair, pair.partition(":")[2])


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is and as some libraries write it in JSON."""
    yield from (secret, secret.replace("/", "\\/"))
