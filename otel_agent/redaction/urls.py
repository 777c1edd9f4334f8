"""Credentials in URLs: user:password@host, and the parameters that carry a token or a signature."""

import re
from collections.abc import Iterator
from typing import Final

from otel_agent.redaction.found import Found, Written, places, secret
from otel_agent.redaction.values import is_machine_made, is_reference

BASIC: Final = "Basic Auth Credentials"
PARAMETER: Final = "URL Parameter"
LEAST_KEY: Final = 16
"""`key=` has many uses: a shorter value is the name of something."""
_USERINFO: Final = re.compile(
    r"""(?:\\?/){2}(?P<user>[^\s/?#@:"'`<>\\]{0,256})(?::(?P<password>[^\s/?#"'`<>\\]{1,512}))?@"""
)
_PARAMETER: Final = re.compile(
    r"""[?&;#](?P<name>(?:[\w.-]{0,40}[-_])?(?:sig|signature|sas|credential|assertion|jwt|auth|hmac|key|sid|session"""
    r"""|sessionid|code_verifier|refresh|bearer|ticket))=(?P<value>[^&\s"'`<>#\\]{4,8192})""",
    re.IGNORECASE,
)


def find(given: Written) -> Iterator[Found]:
    """Yield the credentials in URLs; parameters that are called token or password are assignments."""
    text = given.text
    for at in places(text, ":/"):
        yield from _userinfo(text, at + 1)
    for at in places(text, ":\\/"):
        yield from _userinfo(text, at + 1)
    if "=" in text and ("?" in text or "&" in text):
        for match in _PARAMETER.finditer(text):
            is_named = match["name"].lower().endswith(("key", "session", "ticket", "refresh"))
            if not is_reference(match["value"]) and (not is_named or len(match["value"]) >= LEAST_KEY):
                yield secret(match.start("value"), match.end("value"), PARAMETER)


def _userinfo(text: str, at: int) -> Iterator[Found]:
    """Yield a password, or a token in the place of a user."""
    match = _USERINFO.match(text, at)
    if match is None:
        return
    part = "password" if match["password"] else "user"
    is_found = part == "password" or (len(match["user"]) >= LEAST_KEY and is_machine_made(match["user"]))
    if is_found and not is_reference(match[part]):
        yield secret(match.start(part), match.end(part), BASIC)
