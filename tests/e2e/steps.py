"""The steps that a scenario of the fake model is made of.

Prompt tokens include cached ones and completion tokens include reasoning, as OpenAI's `usage` object does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

DIRECTORY = "<directory>"
"""Stands for the session's working directory in a tool call's arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The tokens of one model call, in the provider's way of counting."""

    prompt: int
    completion: int
    cached: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One tool that the model asks for."""

    tool: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete streamed answer; `pause_s` is the time between two words."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=lambda: Usage(prompt=1200, completion=80, cached=1000, reasoning=30))
    finish: str | None = None
    pause_s: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An HTTP error instead of an answer."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A stream whose connection is closed in the middle."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang:
    """A stream that goes on for `for_s` seconds and never ends by itself."""

    text: str
    for_s: float = 60.0


Step = Answer | Refusal | Cut | Hang


def bash(command: str) -> ToolCall:
    """Ask for a shell command."""
    return ToolCall(tool="bash", arguments={"command": command, "description": "Run a command"})


def tool(name: str, /, **arguments: object) -> ToolCall:
    """Ask for any tool."""
    return ToolCall(tool=name, arguments=arguments)


def used(prompt: int, completion: int, cached: int = 0, reasoning: int = 0) -> Usage:
    """Write a usage in one line."""
    return Usage(prompt=prompt, completion=completion, cached=cached, reasoning=reasoning)


def limited(**headers: str) -> Refusal:
    """Refuse a call with 429; header names are given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refusal(status=429, code="rate_limit_exceeded", message="Rate limit reached", headers=named)
