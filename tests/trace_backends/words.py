"""The names that spans have in the profiles: what is the same tree reads differently in each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.trace_backends.recorded import ALL_CONTENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A profile, and its names with the agent, the model or the tool left out."""

    profile: str
    agent: str
    llm: str
    tool: str
    wait: str
    compaction: str
    turn_kind: str = "AGENT"

    @property
    def environ(self) -> Mapping[str, str]:
        """What chooses the profile."""
        return {"OPENCODE_TRACE_PROFILE": self.profile}

    @property
    def with_content(self) -> Mapping[str, str]:
        """What chooses the profile and lets every content through."""
        return {**self.environ, **ALL_CONTENT}

    def turn(self, agent: str = "build") -> str:
        """Give the line of a turn."""
        return f"{self.turn_kind} {self.agent.format(agent)}"

    def call(self, model: str = "large") -> str:
        """Give the line of a model call."""
        return f"LLM {self.llm.format(model)}"

    def ran(self, tool: str) -> str:
        """Give the line of a tool call."""
        return f"TOOL {self.tool.format(tool)}"

    @property
    def waited(self) -> str:
        """Give the line of a wait for a permission."""
        return f"CHAIN {self.wait}"

    @property
    def compacted(self) -> str:
        """Give the line of a compaction."""
        return f"CHAIN {self.compaction}"


GEN_AI = Words(
    profile="gen_ai",
    agent="invoke_agent {}",
    llm="chat {}",
    tool="execute_tool {}",
    wait="permission wait",
    compaction="compaction",
)
MLFLOW = replace(GEN_AI, profile="mlflow")
OPENINFERENCE = Words(
    profile="openinference",
    agent="{}",
    llm="LLM: {}",
    tool="{}",
    wait="permission wait",
    compaction="compaction",
)
ARIZE = Words(
    profile="arize",
    turn_kind="CHAIN",
    agent="Turn",
    llm="LLM: {}",
    tool="{}",
    wait="permission wait",
    compaction="compaction",
)
OPENCODE = Words(
    profile="opencode",
    agent="opencode.session",
    llm="opencode.llm",
    tool="opencode.tool.{}",
    wait="opencode.permission.wait",
    compaction="opencode.compaction",
)
