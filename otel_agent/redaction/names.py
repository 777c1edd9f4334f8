"""Names that say that what stands beside them is a secret: PASSWORD, api_key, client-secret."""

import re
from dataclasses import dataclass
from typing import Final

from otel_agent.redaction.found import Written, places

NAME_LENGTH: Final = 64
"""How much of a name in front of its last word is looked at."""
_BEFORE: Final = re.compile(rf"[\w.$-]{{0,{NAME_LENGTH}}}\Z")
_OPENING_KEY: Final = re.compile(
    r"(?:api|access|secret|private|account|auth|encryption|decryption|signing|master|license|ingestion"
    r"|subscription)[ _.-]?\Z"
)
_OTHER_KEY: Final = re.compile(
    r"(?:ingest|service|client|shared|session|webhook|deploy|storage|admin|write|read|function)[_.-]?\Z"
)
_BEHIND: Final = re.compile(r"(?:_base|_BASE|[-_]data|_?\d{1,2})(?![A-Za-z0-9])")
_ENDING: Final = re.compile(r"(?:_base|[-_]data|_?\d{1,2})\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The last word of such a name.

    `is_strict`: only what looks as if it was made by a machine is its value, for the word has other uses.
    """

    word: str
    kind: str
    is_strict: bool = False


KEY: Final = Word(word="key", kind="Key")
WORDS: Final = (
    Word(word="password", kind="Password"),
    Word(word="passwd", kind="Password"),
    Word(word="passphrase", kind="Password"),
    Word(word="passcode", kind="Password"),
    Word(word="_pass", kind="Password"),
    Word(word="pass", kind="Password", is_strict=True),
    Word(word="identified by", kind="Password"),
    Word(word="pwd", kind="Password"),
    Word(word="secret", kind="Secret"),
    Word(word="token", kind="Token"),
    KEY,
    Word(word="auth", kind="Credentials", is_strict=True),
    Word(word="credential", kind="Credentials", is_strict=True),
    Word(word="credentials", kind="Credentials", is_strict=True),
    Word(word="x-honeycomb-team", kind="Key"),
    Word(word="connectionstring", kind="Credentials", is_strict=True),
    Word(word="connection_string", kind="Credentials", is_strict=True),
)
OTHER_KEY: Final = Word(word="key", kind="Key", is_strict=True)
"""A key of which its name does not say for sure that it opens something: that of a storage, of a variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name of a secret: where its last word begins and ends, that word, and what of it is in front of that.

    What follows it in a name (a number, `_base`) is a part of it. `before` is the letter in front of all.
    """

    word: Word
    start: int
    end: int
    head: str
    tail: str
    before: str

    @property
    def first(self) -> int:
        """Where the whole name begins."""
        return self.start - len(self.head)

    @property
    def is_parameter(self) -> bool:
        """Whether it is that of a parameter in a URL."""
        return self.before in {"?", "&"}

    @property
    def is_variable(self) -> bool:
        """Whether it is written as environment variables are."""
        letters = self.head.rpartition(".")[2] + self.tail
        return letters == letters.upper()

    @property
    def is_option(self) -> bool:
        """Whether it is written as options of commands are."""
        return self.head.startswith("--")


def found_in(given: Written) -> list[Named]:
    """Return the names of secrets in a text, in its order."""
    found = [
        named
        for word in WORDS
        for at in places(given.lowered, word.word)
        if (named := _named(word, given, at)) is not None
    ]
    return sorted(found, key=lambda named: named.start)


def _named(word: Word, given: Written, at: int) -> Named | None:
    """Return the name that ends with a word, None for one that means something else."""
    found = _BEFORE.search(given.text, max(at - NAME_LENGTH, 0), at)
    head = found[0] if found else ""
    end, first = at + len(word.word), at - len(head)
    meant = _key(given.lowered, at, given.text[first:end]) if word.word == "key" else word
    behind = _BEHIND.match(given.text, end)
    end = behind.end() if behind else end
    if meant is None:
        return None
    before = given.text[max(first - 1, 0) : first]
    return Named(word=meant, start=at, end=end, head=head, tail=given.text[at:end], before=before)


def _key(lowered: str, at: int, name: str) -> Word | None:
    """Return which kind of key a name is that of; the word begins at a place of a text in lower case."""
    if _OPENING_KEY.search(lowered, max(at - 16, 0), at) is not None:
        return KEY
    is_other = _OTHER_KEY.search(lowered, max(at - 16, 0), at) is not None
    return OTHER_KEY if is_other or (name.isupper() and name.endswith("_KEY")) else None


def word_of(name: str) -> Word | None:
    """Return the word by which a whole name is that of a secret, None for other names."""
    ending = _ENDING.search(name.lower())
    whole = name[: ending.start()] if ending else name
    for word in WORDS:
        if whole.lower().endswith(word.word):
            at = len(whole) - len(word.word)
            return _key(whole.lower(), at, whole) if word.word == "key" else word
    return None
