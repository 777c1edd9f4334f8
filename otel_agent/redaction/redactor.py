"""Text without its secrets: all rules applied to it, whether it is plain or JSON."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from otel_agent.redaction import patterns
from otel_agent.redaction.found import Found, Written, replaced, written
from otel_agent.redaction.patterns import Patterns

PASSES: Final = 4
KEPT: Final = 16
"""Texts that are remembered: a prompt leaves as a log record, and in spans of its turn and its call."""

Json = dict[str, "Json"] | list["Json"] | str | float | bool | None


class _RepeatedKeyError(ValueError):
    """An object has a key twice: a value of it would be lost."""


@dataclass(frozen=True)
class Redactor:
    """Takes secrets out of text; what is taken out depends on the text alone, and on the user's patterns."""

    patterns: Patterns = ()

    def words(self, text: str) -> str:
        """Return words that leave at every level, without what our own rules and the user's find."""
        return _settled(text, self._own)

    def text(self, text: str) -> str:
        """Return a text without its secrets."""
        return self._text(text)

    def json(self, text: str) -> str:
        """Return the text of a JSON value without its secrets, still JSON; other text as `text` does."""
        return self._json(text)

    @cached_property
    def _json(self) -> Callable[[str], str]:
        return lru_cache(maxsize=KEPT)(self._decoded)

    def _decoded(self, text: str) -> str:
        try:
            value: Json = json.loads(text, object_pairs_hook=_object)
            cleaned = self._value(value)
        except (ValueError, RecursionError):
            return self.text(text)
        return text if cleaned == value else json.dumps(cleaned, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def _text(self) -> Callable[[str], str]:
        return lru_cache(maxsize=KEPT)(self._redacted)

    def _redacted(self, text: str) -> str:
        return _settled(text, self._all)

    def _all(self, given: Written) -> Iterator[Found]:
        """Yield what all rules find."""
        from otel_agent.redaction import library  # noqa: PLC0415 - requests costs 0.1 s to import

        yield from self._own(given)
        yield from library.find(given)

    def _own(self, given: Written) -> Iterator[Found]:
        """Yield what our own rules and the user's find."""
        from otel_agent.redaction import rules  # noqa: PLC0415 - usually nothing leaves that has to be searched

        yield from rules.find(given)
        yield from patterns.find(self.patterns, given)

    def _value(self, value: Json) -> Json:
        """Return a JSON value without its secrets."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            name = value.get("name") or value.get("key")
            return {
                self.text(key): self._named(name if key == "value" and isinstance(name, str) else key, each)
                for key, each in value.items()
            }
        return [self._value(each) for each in value] if isinstance(value, list) else value

    def _named(self, name: str, value: Json) -> Json:
        """Return the value of an object's key without its secrets."""
        from otel_agent.redaction import rules  # noqa: PLC0415 - usually nothing leaves that has to be searched

        hidden = rules.by_name(name, value) if isinstance(value, str | int | float) else None
        return self._value(value) if hidden is None else hidden


def _settled(text: str, find: Callable[[Written], Iterator[Found]]) -> str:
    """Return a text in which rules find nothing more: the end of one secret may show another one."""
    for _ in range(PASSES):
        left = replaced(text, find(written(text)))
        if left == text:
            break
        text = left
    return text


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Return an object whose keys are all different; raises _RepeatedKeyError."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RepeatedKeyError
    return found
