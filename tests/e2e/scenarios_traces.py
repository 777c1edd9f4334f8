"""The scenarios of traces: shell commands that write down which span they belong to."""

from collections.abc import Mapping

from tests.e2e.steps import Answer, Step, bash, tool

NOTED = "noted"
"""The folder of the project in which commands leave their notes, each under a name of its own."""


def note(name: str) -> str:
    """Write the command that notes its session and its span."""
    return f'mkdir -p {NOTED} && echo "$OPENCODE_SESSION_ID $TRACEPARENT $TRACESTATE" > {NOTED}/{name}'


def ask(agent: str) -> Answer:
    """Ask two sub-agents at once, each of which plays the scenario of a name."""
    task = {
        "description": "Take a note",
        "prompt": f"Note it. [[scenario:{agent}]]",
        "subagent_type": "general",
    }
    return Answer(calls=(tool("task", **task), tool("task", **task)))


TRACES: Mapping[str, tuple[Step, ...]] = {
    "trace-shells": (
        Answer(text="Three at once.", calls=tuple(bash(note(name)) for name in ("a", "b", "c"))),
        Answer(calls=(bash(note("d")),)),
        Answer(text="Noted."),
    ),
    "trace-helpers": (ask("trace-helper"), Answer(text="They noted it.")),
    "trace-helper": (Answer(calls=(bash(note("$OPENCODE_SESSION_ID")),)), Answer(text="Noted.")),
}
