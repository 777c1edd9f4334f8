"""Credentials in headers and commands: Authorization, cookies, `curl -u`, .netrc.

Headers that have a key in their names (`x-api-key`, `private-token`) are found as assignments.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from otel_agent.redaction.found import Found, Written, marker, places, secret
from otel_agent.redaction.values import is_machine_made, is_reference

HEADER: Final = "Authorization Header"
COOKIE: Final = "Cookie"
BASIC: Final = "Basic Auth Credentials"
_SIGN: Final = r"""\\{0,3}["'`]?\]?[ \t]{0,4}[:=,][ \t]{0,4}(?P<open>[rbuf]?\\{0,3}["'`])?"""
_AUTHORIZATION: Final = re.compile(
    _SIGN + r"(?:(?P<long>digest|aws4-hmac-sha256|hmac-sha256|hmac|signature|oauth|mac)[ \t]{1,4}"
    r"|(?P<scheme>bearer|basic|token|bot|apikey|api-key|key|negotiate|ntlm|splunk|geniekey|sso-key|private)"
    r"[ \t]{1,4})?",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,30} (?=\S)")
_TOKEN: Final = re.compile(r"""[^\s"'`,;<>{}$\\]{4,8192}""")
_LINE: Final = re.compile(r"""(?:="[^"\r\n]{0,512}"|[^"\r\n]){4,8192}""")
_PART: Final = re.compile(r"""(?:=\\"[^"\\\r\n]{0,512}\\"|[^"'`\\\r\n]){4,8192}""")
_LINE_START: Final = re.compile(r"(?:\A|[\r\n])(?:[<>] )?(?:proxy-)?\Z", re.IGNORECASE)
_BEARER: Final = re.compile(r"[ \t]{1,4}([A-Za-z0-9._~+/=-]{16,8192})")
_COOKIE: Final = re.compile(
    r"""\\{0,3}["']?[ \t]{0,2}(?::|(?<=-cookie)=|(?<=-cookie)[ \t])[ \t]{0,2}\\{0,3}["']?"""
    r"""(?=[^\s=;"':<>{}$]{1,128}=)"""
    r"""([^\r\n"'`\\]{3,8192})"""
)
_USER: Final = re.compile(
    r"""-(?<![\w-]-)(?:u|U|-user|-proxy-user)(?:=|[ \t]{0,2})\\{0,3}["']?"""
    r"""([^\s:"'\\/]{1,128}):([^\s"'\\]{1,512})"""
)
_SHORT_OPTION: Final = re.compile(
    r"""(?:sshpass\b|login\b|mysql(?:dump|admin|sh)?\b(?=[^\n|;&]{0,200} -p\S))[^\n|;&]{0,200}?"""
    r"""[ ]-p[ =]?\\{0,3}["']?([^\s"'\\]{3,512})"""
)
_NETRC: Final = re.compile(r"(?:login|account)\s{1,4}\S{1,128}\s{1,8}password\s{1,4}([^\s\"'\\]{1,256})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A way to give a program a password, which is the last group; one of the words is in such a text."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]


COMMANDS: Final = (
    Command(words=("curl", "http", "wget"), pattern=_USER),
    Command(words=("login", "account"), pattern=_NETRC),
    Command(words=("sshpass", "login", "mysql"), pattern=_SHORT_OPTION),
)


def find(given: Written) -> Iterator[Found]:
    """Yield the credentials of headers and commands."""
    yield from _each(given, "authorization", _authorization)
    yield from _each(given, "bearer", _bearer)
    yield from _each(given, "cookie", _cookie)
    yield from _commands(given)


def _each(given: Written, word: str, read: Callable[[str, int, int], Found | None]) -> Iterator[Found]:
    """Yield what is read behind each place of a word that is not in what was found before."""
    end = 0
    for at in places(given.lowered, word):
        found = read(given.text, at, at + len(word)) if at >= end else None
        if found is not None:
            yield found
            end = found.end


def _authorization(text: str, start: int, end: int) -> Found | None:
    """Return what stands behind the name of the header: all but the scheme."""
    match = _AUTHORIZATION.match(text, end)
    if match is None:
        return None
    value = _long(text, start, match.end()) if match["long"] else _TOKEN.match(text, match.end())
    if value is None or is_reference(value[0]):
        return None
    is_found = match["long"] or match["scheme"] or is_machine_made(value[0])
    return secret(value.start(), value.end(), HEADER) if is_found else None


def _long(text: str, start: int, at: int) -> re.Match[str] | None:
    """Return a value that has quotes of its own: the whole line where the header is one."""
    is_line = _LINE_START.search(text, max(start - 16, 0), start) is not None
    return (_LINE if is_line else _PART).match(text, at)


def _bearer(text: str, _start: int, end: int) -> Found | None:
    """Return a bearer token that stands alone."""
    match = _BEARER.match(text, end)
    is_found = match is not None and is_machine_made(match[1])
    return secret(match.start(1), match.end(1), HEADER) if match is not None and is_found else None


def _cookie(text: str, _start: int, end: int) -> Found | None:
    """Return the cookies of a header."""
    match = _COOKIE.match(text, end)
    if match is None or is_reference(match[1].partition("=")[2]):
        return None
    return secret(match.start(1), match.end(1), COOKIE)


def _commands(given: Written) -> Iterator[Found]:
    """Yield the passwords that curl and its like are given, those of .netrc, and those of `-p`."""
    for rule in COMMANDS:
        if any(word in given.lowered for word in rule.words):
            for match in rule.pattern.finditer(given.text):
                value = match[match.re.groups]
                if not value.isdigit() and not is_reference(value):
                    yield secret(*match.span(match.re.groups), BASIC)


def by_name(name: str, value: str) -> str | None:
    """Return what stands in the place of the value of a header, None where it stays."""
    lowered = name.lower()
    if lowered.endswith("authorization"):
        scheme = _SCHEME.match(value)
        is_left = is_reference(value[scheme.end() if scheme else 0 :]) or not value.strip()
        return None if is_left else f"{scheme[0] if scheme else ''}{marker(HEADER)}"
    is_cookie = lowered in {"cookie", "set-cookie"} and "=" in value
    return marker(COOKIE) if is_cookie and not is_reference(value) else None
