"""Values as YAML, for the files that Grafana and Prometheus read as nothing else.

https://yaml.org/spec/1.2.2/
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

Yaml = Mapping[str, "Yaml"] | Sequence["Yaml"] | str | int | float | bool

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""What would not be read as a text without quotes."""


def as_yaml(value: Mapping[str, Yaml], comment: str) -> str:
    """Return a file with a comment on top of a value; a text of several lines stands as a block."""
    about = [f"# {line}".rstrip() for line in comment.splitlines()]
    return "\n".join([*about, *_lines(value)]) + "\n"


def _lines(value: Mapping[str, Yaml] | Sequence[Yaml]) -> Iterator[str]:
    """Yield the lines of a collection that is not empty."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _entry(f"{key}:", inner)
        return
    for inner in value:
        yield from _item(inner)


def _entry(key: str, value: Yaml) -> Iterator[str]:
    """Yield the lines of a key and its value."""
    if isinstance(value, str) and "\n" in value:
        yield f"{key} |-"
        yield from (f"  {line}" for line in value.splitlines())
    elif isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        yield key
        yield from (f"  {line}" for line in _lines(value))
    else:
        yield f"{key} {_scalar(value)}"


def _item(value: Yaml) -> Iterator[str]:
    """Yield the lines of one of a sequence."""
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        inner = list(_lines(value))
        yield f"- {inner[0]}"
        yield from (f"  {line}" for line in inner[1:])
    else:
        yield f"- {_scalar(value)}"


def _scalar(value: str | float) -> str:
    """Return a text or a number."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
