"""HashiCorp's configuration language, laid out as `terraform fmt` does.

https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An expression that stands for a value: `var.metrics_dataset`."""

    text: str


Scalar = str | bool | int | Reference
Value = Scalar | tuple[Scalar, ...] | Mapping[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block: its type, its labels, its arguments, and the blocks in it."""

    type: str
    labels: tuple[str, ...] = ()
    arguments: Mapping[str, Value] = field(default_factory=dict[str, Value])
    blocks: tuple["Block", ...] = ()


def document(blocks: Iterable[Block]) -> str:
    """Return a file's text."""
    return "\n".join("".join(f"{line}\n" for line in _lines(block)) for block in blocks)


def _lines(block: Block) -> Iterator[str]:
    """Yield the lines of one block: arguments with their signs below each other, then the blocks."""
    labels = "".join(f' "{label}"' for label in block.labels)
    widest = max((len(name) for name in block.arguments), default=0)
    yield f"{block.type}{labels} {{"
    yield from (f"  {name:<{widest}} = {_value(value)}" for name, value in block.arguments.items())
    for at, inner in enumerate(block.blocks):
        if at or block.arguments:
            yield ""
        yield from (f"  {line}" if line else "" for line in _lines(inner))
    yield "}"


def _value(value: Value) -> str:
    """Return a value as an expression."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_scalar(item)}' for key, item in value.items())} }}"
    return _scalar(value)


def _scalar(value: Scalar) -> str:
    """Return one value; a text's template signs are doubled, so that they stand for themselves."""
    match value:
        case Reference():
            return value.text
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
