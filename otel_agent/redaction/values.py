"""What can be the value of a secret's name, and what only refers to one or says of which type it is."""

import re
from typing import Final

MACHINE_LENGTH: Final = 8
"""From this length on letters and digits together look like something that a machine made."""
_REFERENCE: Final = re.compile(
    r"\$(?:\{|\(|[A-Za-z_])|\{\{|\{[\w.:!-]{0,128}\}|<[^<>\s]{0,128}>?|%[\w.]{1,40}%|\*{3}|[xX]{3}|\.{3}|…|\[redacted:"
    r"|process\.env|os\.(?:environ|getenv)|env[.(\[]|import\.meta|secrets\.|vars\.|var\.|self\.|this\.|@"
)
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9]*+(?:_[A-Z0-9]++)++")
_PLACEHOLDER: Final = re.compile(r"(?:your|my|some|the|insert|enter|replace)[_ -]", re.IGNORECASE)
_TYPES: Final = frozenset(
    {
        *(
            "any",
            "api_key",
            "apikey",
            "basic",
            "bearer",
            "bool",
            "boolean",
            "bytes",
            "char",
            "digest",
            "false",
        ),
        *("include", "inherit", "int", "integer", "key", "nil", "no", "none", "null", "number", "object"),
        *("off", "omit", "on", "optional", "passwd", "password", "pwd", "required", "same-origin", "secret"),
        *("secretstr", "self", "str", "string", "text", "token", "true", "type", "undefined", "unknown"),
        *("value", "varchar", "yes"),
    }
)
_CHAIN: Final = re.compile(r"[A-Za-z_$][\w$]*+(?:(?:\??\.|::|->)[A-Za-z_$][\w$]*+)++")
_DIGIT: Final = re.compile(r"\d")
_LETTER: Final = re.compile(r"[^\W\d_]")
_PROSE: Final = frozenset(
    {
        *(
            "a",
            "also",
            "an",
            "and",
            "are",
            "argument",
            "arguments",
            "as",
            "can",
            "flag",
            "for",
            "from",
            "has",
        ),
        *("here", "if", "in", "is", "it", "may", "must", "name", "not", "of", "on", "only", "option"),
        *("options", "or", "should", "that", "the", "there", "this", "to", "too", "value", "was", "when"),
        *("which", "will", "with"),
    }
)
"""Words that go on behind the name of an option in a sentence."""


def is_reference(value: str) -> bool:
    """Tell whether a value names a secret that stands elsewhere, or is a mask, a placeholder or a type."""
    return (
        _VARIABLE.fullmatch(value) is not None
        or _REFERENCE.match(value) is not None
        or _PLACEHOLDER.match(value) is not None
        or value.lower() in _TYPES
    )


def is_machine_made(value: str) -> bool:
    """Tell whether a value looks as if a machine had made it: long enough, with letters and digits."""
    return (
        len(value) >= MACHINE_LENGTH
        and _DIGIT.search(value) is not None
        and _LETTER.search(value) is not None
        and _CHAIN.fullmatch(value) is None
    )


def is_prose(text: str) -> bool:
    """Tell whether a quoted text is words for people: with spaces, and without digits."""
    return " " in text.strip() and _DIGIT.search(text) is None


def is_chain(value: str) -> bool:
    """Tell whether a value is a field of something, as code writes it: request.token."""
    return _CHAIN.fullmatch(value) is not None


def is_word(value: str) -> bool:
    """Tell whether a value is a word that goes on a sentence."""
    return value.lower().rstrip(".:!?") in _PROSE
