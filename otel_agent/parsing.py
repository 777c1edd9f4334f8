"""The kinds of values that settings have: what each looks like, and how its text is read."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Generic, TypeVar
from urllib.parse import unquote

from otel_agent.errors import AgentError

T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=StrEnum)

# The largest wait that poll(2), Python's sockets and JavaScript's setTimeout take.
LONGEST_MS: Final = 2**31 - 1
# The largest whole number that JSON readers keep exact.
LARGEST: Final = 2**53 - 1
# Characters of a value in an error message: one line of a terminal, with the rest of the message.
SHOWN: Final = 60
PLACEHOLDERS: Final = ("${PROJECT_ROOT}", "${WORKTREE}", "${DIRECTORY}")
SPAN_TYPES: Final = frozenset({"session", "llm", "tool"})
SIZES: Final = {"": 1, "b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
AGES: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
OFF: Final = frozenset({"0", "false", "no", "off"})
"""The words of a switch that says no."""
# https://www.rfc-editor.org/rfc/rfc9110#name-tokens
HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE: Final = re.compile(r"[ -~]*")


class Secret:
    """A text that no repr, log line or error message shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Hide the text."""
        self._text = text

    def reveal(self) -> str:
        """Return the text itself; only for sending it and for fingerprints."""
        return self._text

    def __repr__(self) -> str:
        """Show that there is a text, not which."""
        return "***"

    def __bool__(self) -> bool:
        """Tell whether there is any text."""
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        """Compare the texts of two secrets."""
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        """Follow equality."""
        return hash((Secret, self._text))


class InvalidValueError(AgentError):
    """A value does not look as its kind says; a text that is left out follows from the kind and the value."""

    def __init__(self, *, expected: str = "", shown: str = "", remedy: str = "") -> None:
        """Say what was expected, what may be shown of what came, and what to do."""
        super().__init__(expected)
        self.expected = expected
        self.shown = shown
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[T_co]):
    """One kind of value; `read` takes a text that is not empty and raises InvalidValueError."""

    expected: str
    example: str
    read: Callable[[str], T_co]


def quoted(text: str) -> str:
    """Return a text as an error message shows it: escaped, and cut."""
    return repr(text) if len(text) <= SHOWN else f"{text[:SHOWN]!r}…"


def well_formed(text: str) -> str:
    """Return a text that can be encoded: environment bytes that were no UTF-8 become `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def choice(kind: type[E]) -> Kind[E]:
    """Return the kind of a value that names one member of an enumeration, in any case."""
    members = {str(member): member for member in kind}

    def read(text: str) -> E:
        member = members.get(text.strip().lower())
        if member is None:
            raise InvalidValueError
        return member

    return Kind(expected=f"one of {', '.join(members)}", example=next(iter(members)), read=read)


def subset(known: frozenset[str], example: str) -> Kind[frozenset[str]]:
    """Return the kind of a comma list whose words must all be known."""

    def read(text: str) -> frozenset[str]:
        found = _words(text)
        if unknown := sorted(found - known):
            raise InvalidValueError(shown=quoted(",".join(unknown)))
        return found

    return Kind(expected=f"a comma list of {', '.join(sorted(known))}", example=example, read=read)


def whole_number(*, least: int, most: int = LONGEST_MS, unit: str, example: str) -> Kind[int]:
    """Return the kind of a whole number within limits."""

    def read(text: str) -> int:
        return _number(text, {"": 1}, least=least, most=most)

    return Kind(expected=f"a whole number of {unit} from {least} to {most}", example=example, read=read)


def _number(text: str, units: Mapping[str, int], *, least: int, most: int) -> int:
    """Read a whole number with one of some units behind it."""
    match = re.fullmatch(r"([0-9]{1,16})\s*([a-z]*)", text.strip().lower())
    if match is None or match[2] not in units:
        raise InvalidValueError
    number = int(match[1]) * units[match[2]]
    if not least <= number <= most:
        raise InvalidValueError
    return number


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in well_formed(text).split(",") if word.strip())


def _switch(text: str) -> bool:
    word = text.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in OFF:
        return False
    raise InvalidValueError


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise InvalidValueError from None
    if not math.isfinite(number) or number <= 0:
        raise InvalidValueError
    return number


def _exit_wait_ms(text: str) -> int | None:
    return None if text.strip().lower() == "auto" else _number(text, {"": 1}, least=0, most=LONGEST_MS)


def _timeout_s(text: str) -> float:
    """Read milliseconds; 0 is no limit, which is the longest wait here."""
    return (_number(text, {"": 1}, least=0, most=LONGEST_MS) or LONGEST_MS) / 1000


def _disabled_spans(text: str) -> frozenset[str]:
    found = _words(text.lower())
    if found & {"all", "*", "true", "1"}:
        return SPAN_TYPES
    if unknown := sorted(found - SPAN_TYPES):
        raise InvalidValueError(shown=quoted(",".join(unknown)))
    return found


def _absolute(text: str) -> Path:
    path = Path(text)
    if not path.is_absolute():
        raise InvalidValueError(remedy="the agent runs in another folder: write the whole path")
    return path


def _file(text: str) -> Path:
    path = _absolute(text)
    try:
        exists = path.is_file()
    except OSError:  # a path that cannot be looked at is of no use either
        exists = False
    if not exists:
        raise InvalidValueError(shown=f"{quoted(text)}, which is no file", remedy="correct the path")
    return path


def _helper(text: str) -> str:
    """Read a path that is absolute, as it is or once its first placeholder is filled in."""
    path = text.strip()
    names = re.findall(r"\$\{[^}]*\}?", path)
    if unknown := [name for name in names if name not in PLACEHOLDERS]:
        raise InvalidValueError(shown=f"the placeholder {quoted(unknown[0])}")
    if not path.startswith(("/", *PLACEHOLDERS)):
        raise InvalidValueError(shown=f"the relative path {quoted(path)}")
    return path


def _entries(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield number, key and value of each entry of a `k=v,k2=v2` list, percent-decoded.

    `+` is no space: https://www.w3.org/TR/baggage/#value. No message shows an entry: a part of a
    credential that was cut at a comma looks like one.
    """
    for number, entry in enumerate(text.split(","), start=1):
        if not entry.strip():
            continue
        key, sign, value = entry.partition("=")
        if not sign or not key.strip():
            fault = "a name before `=`" if sign else "`=`"
            raise InvalidValueError(shown=f"entry {number} without {fault}")
        yield number, unquote(key.strip()), unquote(value.strip())


def _attributes(text: str) -> Mapping[str, str]:
    return {key: value for _, key, value in _entries(well_formed(text))}


def _headers(text: str) -> Mapping[str, Secret]:
    found: Mapping[str, Secret] = {}
    for number, name, raw in _entries(text):
        value = raw.strip()
        if not HEADER_NAME.fullmatch(name):
            raise InvalidValueError(shown=f"entry {number} with a name that no HTTP header can have")
        if not HEADER_VALUE.fullmatch(value):
            raise InvalidValueError(shown=f"entry {number} with a value that is not printable ASCII")
        found = merged_headers(found, {name: Secret(value)})
    return found


def merged_headers(lower: Mapping[str, Secret], upper: Mapping[str, Secret]) -> Mapping[str, Secret]:
    """Return both sets of headers; the upper one's win over those of the same name in any case."""
    replaced = {name.lower() for name in upper}
    return {name: value for name, value in lower.items() if name.lower() not in replaced} | dict(upper)


def merged_attributes(lower: Mapping[str, str], upper: Mapping[str, str]) -> Mapping[str, str]:
    """Return both sets of attributes; the upper one's win."""
    return {**lower, **upper}


PRESENCE: Final = Kind(expected="any non-empty value", example="1", read=bool)
# https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#boolean
TRUE: Final = Kind(expected="`true`", example="true", read=lambda text: text.strip().lower() == "true")
SWITCH: Final = Kind(expected="1, true, yes, on, 0, false, no or off", example="1", read=_switch)
TEXT: Final = Kind(expected="text", example="text", read=lambda text: well_formed(text.strip()))
WORDS: Final = Kind(expected="a comma list", example="one,two", read=_words)
NONE: Final = Kind(
    expected="`none` or a comma list", example="none", read=lambda text: _words(text) == frozenset({"none"})
)
DISABLED_SPANS: Final = Kind(
    expected="a comma list of session, llm, tool, or all", example="tool", read=_disabled_spans
)
INTERVAL_MS: Final = whole_number(least=1, unit="milliseconds", example="5000")
TIMEOUT_S: Final = Kind(
    expected=f"a whole number of milliseconds from 0 (no limit) to {LONGEST_MS}",
    example="10000",
    read=_timeout_s,
)
EXIT_WAIT_MS: Final = Kind(
    expected=f"auto, or a whole number of milliseconds from 0 to {LONGEST_MS}",
    example="auto",
    read=_exit_wait_ms,
)
LENGTH: Final = whole_number(least=0, unit="UTF-16 code units", example="61440")
SIZE_BYTES: Final = Kind(
    expected="a size above 0 in bytes, KiB, MiB, GiB or TiB",
    example="256MiB",
    read=lambda text: _number(text, SIZES, least=1, most=LARGEST),
)
AGE_S: Final = Kind(
    expected="an age above 0 in seconds, or with s, m, h or d behind it",
    example="7d",
    read=lambda text: float(_number(text, AGES, least=1, most=LONGEST_MS)),
)
POSITIVE: Final = Kind(expected="a finite number above 0", example="1000000", read=_positive)
ABSOLUTE: Final = Kind(expected="an absolute path", example="/var/lib/otel-agent", read=_absolute)
FILE: Final = Kind(expected="the absolute path of a file that exists", example="/etc/ssl/ca.pem", read=_file)
HELPER: Final = Kind(
    expected=f"an absolute path, or one that begins with {', '.join(PLACEHOLDERS)}",
    example="${PROJECT_ROOT}/otel-headers",
    read=_helper,
)
ATTRIBUTES: Final = Kind(expected="a list k=v,k2=v2", example="team=platform,tier=gold", read=_attributes)
HEADERS: Final = Kind(
    expected="a list k=v,k2=v2 of header names and values", example="name=value", read=_headers
)
