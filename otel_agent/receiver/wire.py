"""The shapes of journal lines and of OpenCode's events, as far as a fact needs them.

Unknown fields and unknown event types are normal, and two generations of names are on the wire: fields
that are not here are skipped, and everything that older versions lack has a default.
"""

from typing import Annotated

import msgspec

from otel_agent.header import Header, Millis

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""A number of things, as far as JavaScript counts."""
Index = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
Number = int | float | None
"""A number that OpenCode computes: JSON has null where that came to nothing (NaN)."""

Cut = dict[str, tuple[Count, Count, Count]]
"""True sizes of strings that the plugin cut: UTF-16 code units, UTF-8 bytes, lines."""


class Wire(msgspec.Struct, frozen=True, gc=False):
    """A value as it stands in a line."""

    @property
    def session_id(self) -> str | None:
        """The session that an event belongs to; None for an event of the whole process."""
        session_id: str | None = getattr(self, "sessionID", None)
        return session_id

    @property
    def message_id(self) -> str | None:
        """The message that an event updates, or a part of it; None for any other event."""
        return None

    @property
    def is_idle(self) -> bool:
        """Whether an event says that OpenCode has nothing to do for the session."""
        return False


class Instance(Wire, frozen=True):
    """One directory that the OpenCode process works in."""

    project: str | None = None
    directory: str | None = None
    worktree: str | None = None


class Event(Wire, frozen=True):
    """An event of OpenCode's bus; the properties are decoded by the type's own handler."""

    type: str
    id: str | None = None
    properties: msgspec.Raw = msgspec.Raw(b"{}")


class Host(Wire, frozen=True):
    """What the plugin learns of OpenCode later: its version, the names of a directory's MCP servers."""

    version: str | None = None
    mcp: tuple[str, ...] | None = None


class Lost(Wire, frozen=True):
    """How many lines the plugin could not write before this one."""

    lines: Count = 0


class Observed(Wire, frozen=True):
    """An observation that was made when the events were recorded (replay files only)."""

    repository: str | None = None
    branch: str | None = None
    user_id: str | None = None
    user_email: str | None = None
    terminal: str | None = None
    os_type: str | None = None
    os_version: str | None = None
    host_arch: str | None = None


class Limit(Wire, frozen=True):
    """How many tokens a model takes."""

    context: Number = None


class Hook(Wire, frozen=True):
    """A call of one of OpenCode's hooks that the plugin journals."""

    type: str
    sessionID: str
    command: str | None = None
    agent: str | None = None
    providerID: str | None = None
    modelID: str | None = None
    limit: Limit | None = None


class Line(Wire, frozen=True):
    """One journal line: exactly one of the optional fields is there."""

    t: Millis = 0
    i: Index = 0
    journal: Header | None = None
    instance: Instance | None = None
    event: Event | None = None
    hook: Hook | None = None
    opencode: Host | None = None
    lost: Lost | None = None
    observed: Observed | None = None


class Cache(Wire, frozen=True):
    """Tokens read from and written to the provider's prompt cache."""

    read: Number = 0
    write: Number = 0


class WireTokens(Wire, frozen=True):
    """Disjoint token counts: input excludes the cache, output excludes reasoning."""

    input: Number = 0
    output: Number = 0
    reasoning: Number = 0
    cache: Cache = Cache()


class Span(Wire, frozen=True):
    """Start and end in milliseconds."""

    start: Millis | None = None
    end: Millis | None = None
    created: Millis | None = None
    completed: Millis | None = None


class Model(Wire, frozen=True):
    """A model as sessions (`id`) and user messages (`modelID`) name it."""

    id: str | None = None
    modelID: str | None = None
    providerID: str | None = None
    variant: str | None = None


class Revert(Wire, frozen=True):
    """The message from which on the session is reverted."""

    messageID: str


class SessionInfo(Wire, frozen=True):
    """A session."""

    id: str
    parentID: str | None = None
    projectID: str | None = None
    version: str | None = None
    agent: str | None = None
    model: Model | None = None
    cost: Number = None
    tokens: WireTokens | None = None
    revert: Revert | None = None
    time: Span = Span()


class ErrorData(Wire, frozen=True):
    """What an error says beside its name."""

    message: str | None = None
    statusCode: int | None = None


class WireError(Wire, frozen=True):
    """An error of a session or of an assistant message."""

    name: str
    data: ErrorData = ErrorData()


class FileDiff(Wire, frozen=True):
    """Lines added to and removed from one file."""

    file: str | None = None
    filePath: str | None = None
    relativePath: str | None = None
    additions: Count | None = None
    deletions: Count | None = None


class Summary(Wire, frozen=True):
    """What a user message's turn changed so far."""

    diffs: list[FileDiff] = []


class MessageInfo(Wire, frozen=True):
    """A user or an assistant message."""

    id: str
    role: str
    sessionID: str
    parentID: str | None = None
    agent: str | None = None
    mode: str | None = None
    modelID: str | None = None
    providerID: str | None = None
    model: Model | None = None
    variant: str | None = None
    cost: Number = 0
    tokens: WireTokens = WireTokens()
    finish: str | None = None
    error: WireError | None = None
    summary: Summary | bool | None = None
    time: Span = Span()


class ToolInput(Wire, frozen=True):
    """The inputs of a tool call that a fact needs."""

    command: str | None = None
    filePath: str | None = None
    content: str | None = None
    tool: str | None = None
    name: str | None = None
    subagent_type: str | None = None
    prompt: str | None = None
    cut: Cut = {}

    @property
    def content_lines(self) -> int | None:
        """How many lines a write's content has; the plugin says so where it cut the content."""
        if "content" in self.cut:
            return self.cut["content"][2]
        if self.content is None:
            return None
        return self.content.count("\n") + (self.content != "" and not self.content.endswith("\n"))


class ResultDiff(Wire, frozen=True):
    """One edit of a multi-edit."""

    filediff: FileDiff | None = None


class ToolMetadata(Wire, frozen=True):
    """What a tool says of its own call."""

    exit: int | msgspec.UnsetType | None = msgspec.UNSET
    exists: bool | None = None
    sessionId: str | None = None
    filediff: FileDiff | None = None
    files: list[FileDiff] = []
    results: list[ResultDiff] = []


class ToolState(Wire, frozen=True):
    """The state of a tool call: running, completed or error."""

    status: str
    input: msgspec.Raw = msgspec.Raw(b"{}")
    metadata: msgspec.Raw = msgspec.Raw(b"{}")
    output: str | None = None
    error: str | None = None
    time: Span = Span()
    input_bytes: Count | None = None
    cut: Cut = {}


class Part(Wire, frozen=True):
    """A part of a message; which fields are there follows from its type."""

    id: str
    sessionID: str
    messageID: str
    type: str
    text: str | None = None
    synthetic: bool | None = None
    ignored: bool | None = None
    auto: bool | None = None
    overflow: bool | None = None
    cost: Number = 0
    tokens: WireTokens = WireTokens()
    tool: str | None = None
    callID: str | None = None
    state: ToolState | None = None
    cut: Cut = {}


class ToolRef(Wire, frozen=True):
    """The tool call that a permission is asked for."""

    messageID: str | None = None
    callID: str | None = None
