"""What one request to the fake model says: its conversation, read from an OpenAI-compatible body."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.scenarios import NAMED
from tests.e2e.scenarios_shown import SPOKEN

WORKING_DIRECTORY = re.compile(r"Working directory: (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What one request says: its session, the texts by role and the model."""

    session: str
    model: str
    roles: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def system(self) -> str:
        """The system prompts, joined."""
        return " ".join(text for role, text in zip(self.roles, self.texts, strict=True) if role == "system")

    @property
    def directory(self) -> str:
        """The working directory that OpenCode tells its model."""
        found = WORKING_DIRECTORY.search(self.system)
        return found.group(1) if found else "."

    def named(self) -> tuple[int, str]:
        """Give the position and the scenario of the last prompt that names one."""
        for position in range(len(self.roles) - 1, -1, -1):
            names = scenarios_in(self.texts[position]) if self.roles[position] == "user" else []
            if names:
                return position, names[-1]
        return max(0, len(self.roles) - 1), "simple"


def scenarios_in(text: str) -> list[str]:
    """Give the scenarios that a prompt names, or the one that it is known for."""
    return NAMED.findall(text) or [name for spoken, name in SPOKEN.items() if spoken in text]


def text_of(content: object) -> str:
    """Give the text of a message's content: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def conversation(body: Mapping[str, Any], headers: Mapping[str, str]) -> Conversation:
    """Read a request's body."""
    messages = body.get("messages", [])
    return Conversation(
        session=headers.get("x-session-affinity") or headers.get("x-session-id") or "",
        model=str(body.get("model")),
        roles=tuple(message.get("role", "") for message in messages),
        texts=tuple(text_of(message.get("content")) for message in messages),
    )


def is_summary(asked: Conversation) -> bool:
    """Tell whether OpenCode wants its conversation summed up (a compaction)."""
    return "summarization agent" in asked.system
