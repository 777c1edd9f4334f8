"""The values of names: in quotes and without; and the forms in which one needs no sign behind a name."""

import re
from typing import Final

from otel_agent.redaction.found import Found, secret
from otel_agent.redaction.names import Named, Word
from otel_agent.redaction.values import is_machine_made, is_prose, is_reference, is_word

LONGEST: Final = 8192
"""Characters of a value in quotes; of a longer one its first word is looked at."""
SEEN: Final = 512
"""Characters of a value without quotes by which it is judged."""
LEAST: Final = 3
"""A value of fewer characters is a variable, not a secret."""
LETTERS: Final = r"""[^\s"'`,;&|<>(){}\[\]\\"""
BARE: Final = re.compile(rf"{LETTERS}]{{1,{SEEN}}}")
REST: Final = re.compile(rf"{LETTERS}]*+")
_QUOTED: Final = {
    quote: re.compile(rf"(?:[^{quote}\\\r\n]|\\[^\r\n]){{1,{LONGEST}}}") for quote in ('"', "'", "`")
}
_ESCAPED: Final = {quote: re.compile(rf"[^{quote}\\\r\n]{{1,{LONGEST}}}") for quote in ('"', "'", "`")}
_OUTSIDE: Final = re.compile(r"""["'`]|\A[,;)\]}]""")
"""What is not in the value of a text that was cut: the quote in front of it has closed another one."""
_OPTION: Final = re.compile(r"""[ \t]{1,4}(?P<open>\\{0,3}["'])?(?!-)""")
_SETTER: Final = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))set(?:x|env|[ ]-[A-Za-z]{1,4})[ ]\Z")
_SPOKEN: Final = re.compile(r"""[ \t]{1,2}(?P<open>\\{0,3}["'])""")
_ARGUMENT: Final = re.compile(r"""\\{0,3}["'][ \t]{0,4},[ \t]{0,4}(?P<open>\\{0,3}["'])""")
_ELEMENT: Final = re.compile(r"""(?:[ ][^<>\r\n]{0,128})?>(?P<value>[^<>"'\\\r\n]{3,512})</""")
_PAIR: Final = re.compile(
    r"""\\{0,3}["']?(?:,\s{0,40}|(?:\s|\\[nrt]){1,40})\\{0,3}["']?[Vv]alue"""
    r"""\\{0,3}["']?[ \t]{0,4}[:=][ \t]{0,4}(?P<open>\\{0,3}["'])?"""
)


def in_form(text: str, named: Named) -> Found | None:
    """Return the value that stands behind a name in one of the forms."""
    return _option(text, named) or _spoken(text, named) or _argument(text, named) or _paired(text, named)


def _option(text: str, named: Named) -> Found | None:
    """Return the value behind an option of a command, `--token …`, or a variable that one sets, `set -x`."""
    is_given = named.is_option or _SETTER.search(text, max(named.first - 16, 0), named.first) is not None
    match = _OPTION.match(text, named.end) if is_given and not named.word.is_strict else None
    if match is None:
        return None
    if match["open"]:
        return quoted(text, match.end(), match["open"], named.word)
    value = BARE.match(text, match.end())
    if value is None or len(value[0]) < LEAST or is_reference(value[0]) or is_word(value[0]):
        return None
    return bare(value, REST, named.word)


def _spoken(text: str, named: Named) -> Found | None:
    """Return a password in quotes behind its name, as SQL and people write it; and an element's text."""
    if named.before == "<":
        element = _ELEMENT.match(text, named.end)
        if element is None or is_reference(element["value"]) or is_prose(element["value"]):
            return None
        return secret(element.start("value"), element.end("value"), named.word.kind)
    match = _SPOKEN.match(text, named.end) if named.word.kind == "Password" else None
    value = BARE.match(text, match.end()) if match is not None else None
    if match is None or value is None or len(value[0]) < LEAST or is_reference(value[0]):
        return None
    is_closed = text.startswith(match["open"], value.end())
    return bare(value, REST, named.word) if is_closed else None


def _argument(text: str, named: Named) -> Found | None:
    """Return the argument behind a name that is one, as in `setenv("API_KEY", "…")`, not another name."""
    match = _ARGUMENT.match(text, named.end)
    if match is None:
        return None
    found = quoted(text, match.end(), match["open"], named.word)
    return found if found is not None and is_machine_made(text[found.start : found.end]) else None


def _paired(text: str, named: Named) -> Found | None:
    """Return the value beside a name in a pair of both: `name: DB_PASSWORD, value: …`."""
    match = _PAIR.match(text, named.end)
    if match is None:
        return None
    if match["open"]:
        return quoted(text, match.end(), match["open"], named.word)
    value = BARE.match(text, match.end())
    is_found = value is not None and len(value[0]) >= LEAST and not is_reference(value[0])
    return bare(value, REST, named.word) if value is not None and is_found else None


def bare(value: re.Match[str], rest: re.Pattern[str], word: Word) -> Found:
    """Return a value without quotes, as long as it goes on."""
    behind = rest.match(value.string, value.end())
    return secret(value.start(), behind.end() if behind else value.end(), word.kind)


def quoted(text: str, at: int, opening: str, word: Word) -> Found | None:
    """Return a value in quotes, which may be escaped ones; one that the text's end has cut may have none."""
    quote = opening[-1]
    value = (_ESCAPED if "\\" in opening else _QUOTED)[quote].match(text, at)
    if value is None or is_reference(value[0]):
        return None
    closing = text[value.end() : value.end() + 1]
    if closing not in {quote, "\\"} and (closing or _OUTSIDE.search(value[0])):
        return _unclosed(text, at, word)
    is_found = is_machine_made(value[0]) if word.is_strict else is_text(value[0], word)
    return secret(at, value.end(), word.kind) if is_found else None


def _unclosed(text: str, at: int, word: Word) -> Found | None:
    """Return a value behind a quote that closes another text, or that its line does not close."""
    value = BARE.match(text, at)
    return bare(value, REST, word) if value is not None and is_machine_made(value[0]) else None


def is_text(value: str, word: Word) -> bool:
    """Tell whether what stands in quotes is a secret and not what a person reads about one."""
    if value.startswith(" "):  # the quote before it closes another text
        return is_machine_made(value)
    return len(value) >= LEAST and (word.word == "passphrase" or not is_prose(value))
