"""What is recorded: each recipe is a short piece of work with the real OpenCode."""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.fake_provider import FakeProvider
from tests.e2e.opencode import OpenCode
from tests.e2e.server import Server, serve
from tests.e2e.terminal import tui

ECHO = {
    "type": "local",
    "command": [sys.executable, str(Path(__file__).with_name("mcp_server.py"))],
    "enabled": True,
}
ASK = {"bash": {"*": "ask", "uname*": "allow"}}
ASK_GIT = {"bash": {"*": "allow", "git *": "ask"}}
CONTENT = {
    "OPENCODE_LOG_PROMPTS": "1",
    "OPENCODE_LOG_RESPONSES": "1",
    "OPENCODE_LOG_TOOL_DETAILS": "1",
    "OPENCODE_LOG_TOOL_CONTENT": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a recipe plays: OpenCode in a fresh home, a project and the provider."""

    opencode: OpenCode
    provider: FakeProvider
    folder: Path


Play = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One recording: the work, the project's configuration and additional telemetry settings."""

    play: Play
    config: Mapping[str, object] = field(default_factory=dict[str, object])
    settings: Mapping[str, str] = field(default_factory=dict[str, str])


def running(scenario: str, *arguments: str) -> Play:
    """Make a play of one `opencode run`."""

    def play(stage: Stage) -> None:
        stage.opencode.run(stage.folder, prompt(scenario), *arguments)

    return play


def serving(act: Callable[[Stage, Server, str], None]) -> Play:
    """Make a play of one session in an `opencode serve`, which is disposed at its end."""

    def play(stage: Stage) -> None:
        with serve(stage.opencode, stage.folder) as server:
            session = server.session(stage.folder)
            act(stage, server, session)
            server.wait_idle(stage.folder, session)
            server.dispose(stage.folder)

    return play


def prompt(scenario: str) -> str:
    """Write the prompt that names a scenario."""
    return f"Do it [[scenario:{scenario}]]"


def resumed(stage: Stage) -> None:
    """Go on with a session in a second process."""
    stage.opencode.run(stage.folder, prompt("simple"))
    stage.opencode.run(stage.folder, prompt("commit"), "--continue")


def allowed(stage: Stage, server: Server, session: str) -> None:
    """Allow what is asked, once."""
    server.begin(stage.folder, session, prompt("permission"))
    server.reply(stage.folder, "permission", {"reply": "once"})


def always(stage: Stage, server: Server, session: str) -> None:
    """Allow what is asked for the rest of the session."""
    server.begin(stage.folder, session, prompt("permission"))
    server.reply(stage.folder, "permission", {"reply": "always"})


def rejected(stage: Stage, server: Server, session: str) -> None:
    """Refuse what is asked, with a word to the model."""
    server.begin(stage.folder, session, prompt("permission"))
    server.reply(stage.folder, "permission", {"reply": "reject", "message": "not now"})


def edit_asked(stage: Stage, server: Server, session: str) -> None:
    """Allow each edit that is asked for."""
    server.begin(stage.folder, session, prompt("edit"))
    for _ in range(2):
        server.reply(stage.folder, "permission", {"reply": "once"})


def questioned(stage: Stage, server: Server, session: str) -> None:
    """Answer a question of the model."""
    server.begin(stage.folder, session, prompt("question"))
    server.reply(stage.folder, "question", {"answers": [["A"]]})


def aborted(stage: Stage, server: Server, session: str) -> None:
    """Stop a streaming answer, then a running shell command."""
    server.begin(stage.folder, session, prompt("hang"))
    server.wait_part(stage.folder, session, "text")
    server.abort(stage.folder, session)
    server.begin(stage.folder, session, prompt("slow-shell"))
    server.wait_part(stage.folder, session, "tool", holding="line 2")
    server.abort(stage.folder, session)


def shelled(stage: Stage, server: Server, session: str) -> None:
    """Run a shell command of the user's own."""
    body = {"agent": "build", "model": {"providerID": "fake", "modelID": "large"}, "command": "echo mine"}
    server.call(stage.folder, "POST", f"/session/{session}/shell", body)


def commanded(stage: Stage, server: Server, session: str) -> None:
    """Use a slash command."""
    body = {"command": "hello", "arguments": "Bob", "model": "fake/large"}
    server.call(stage.folder, "POST", f"/session/{session}/command", body)


def compacted(stage: Stage, server: Server, session: str) -> None:
    """Compact a session by hand."""
    server.turn(stage.folder, session, prompt("simple"))
    body = {"providerID": "fake", "modelID": "large", "auto": False}
    server.call(stage.folder, "POST", f"/session/{session}/summarize", body)


def reverted(stage: Stage, server: Server, session: str) -> None:
    """Revert an edit, take that back, fork the session and delete the fork."""
    server.turn(stage.folder, session, prompt("edit"))
    messages = server.call(stage.folder, "GET", f"/session/{session}/message")
    first = messages[0]["info"]["id"]
    server.call(stage.folder, "POST", f"/session/{session}/revert", {"messageID": first})
    server.call(stage.folder, "POST", f"/session/{session}/unrevert")
    fork = server.call(stage.folder, "POST", f"/session/{session}/fork", {})
    server.call(stage.folder, "DELETE", f"/session/{fork['id']}")


def opened(stage: Stage) -> None:
    """Open a pull request through a stand-in for the program that talks to GitHub."""
    path = stage.opencode.home.put_program("gh", "echo https://github.com/example/project/pull/7")
    stage.opencode.run(stage.folder, prompt("pull-request"), PATH=path)


def skilled(stage: Stage) -> None:
    """Let the model load a skill of the project; OpenCode lists its files with `rg`, which finds none."""
    path = stage.opencode.home.put_program("rg", "exit 0")
    skill = stage.folder / ".opencode" / "skills" / "review" / "SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("---\nname: review\ndescription: How to review\n---\n\nRead it twice.\n")
    stage.opencode.run(stage.folder, prompt("skill"), PATH=path)


def mentioned(stage: Stage, server: Server, session: str) -> None:
    """Send a prompt that refers to a file and to an agent."""
    readme = stage.folder / "README.md"
    parts = [
        {"type": "text", "text": prompt("simple")},
        {"type": "file", "mime": "text/plain", "url": readme.as_uri(), "filename": readme.name},
        {"type": "agent", "name": "general"},
    ]
    body = {"model": {"providerID": "fake", "modelID": "large"}, "parts": parts}
    server.call(stage.folder, "POST", f"/session/{session}/message", body)


def both(stage: Stage, server: Server, session: str) -> None:
    """Work in two directories of one process, close one of them and go on in the other."""
    other = stage.opencode.home.project("other")
    theirs = server.session(other)
    server.turn(other, theirs, prompt("commit"))
    server.turn(stage.folder, session, prompt("simple"))
    server.dispose(other)
    server.turn(stage.folder, session, prompt("edit"))


def typed(stage: Stage) -> None:
    """Commit from the TUI and leave it with Ctrl-C."""
    with tui(stage.opencode, stage.folder, prompt("commit")) as terminal:
        terminal.wait_until(lambda: b"scenario:commit" in terminal.painted, what="the prompt")
        terminal.type(b"\r")
        terminal.wait_until(lambda: stage.opencode.home.has_journaled("session.idle"), what="the answer")
        terminal.type(b"\x03")
        terminal.wait_exit()


def worked(stage: Stage, server: Server, session: str) -> None:
    """Play the demo: an edit, a retry, a sub-agent, a commit that needs permission, and a refused key."""
    server.begin(stage.folder, session, prompt("demo"))
    server.asked(stage.folder, "permission")
    time.sleep(1.5)  # the user reads before the answer: the recording shows how long a permission waited
    server.reply(stage.folder, "permission", {"reply": "once"})
    server.wait_idle(stage.folder, session)
    server.turn(stage.folder, session, prompt("e401"))


GENERAL = {"agent": {"general": {"model": "fake/medium"}}}
RECIPES: Mapping[str, Recipe] = {
    **{
        f"run_{name.replace('-', '_')}": Recipe(play=running(name))
        for name in (
            *("simple", "length", "many-words", "commit", "edit", "todo", "subagent", "tools", "big-output"),
            *("e401", "e429", "e500", "overflow", "filter", "cut", "slow-shell"),
        )
    },
    "run_mcp": Recipe(play=running("mcp"), config={"mcp": {"echo": ECHO}}),
    "run_mcp_servers": Recipe(play=running("mcp"), config={"mcp": {"echo": ECHO}}),
    "run_two_models": Recipe(play=running("subagent"), config=GENERAL),
    "run_permission_auto": Recipe(play=running("permission", "--auto"), config={"permission": ASK}),
    "run_permission_rejected": Recipe(play=running("permission"), config={"permission": ASK}),
    "run_denied": Recipe(
        play=running("denied"), config={"permission": {"bash": {"*": "allow", "rm *": "deny"}}}
    ),
    "run_content": Recipe(play=running("commit"), settings=CONTENT),
    "resume": Recipe(play=resumed),
    "serve_permission_once": Recipe(play=serving(allowed), config={"permission": ASK}),
    "serve_permission_always": Recipe(play=serving(always), config={"permission": ASK}),
    "serve_permission_reject": Recipe(play=serving(rejected), config={"permission": ASK}),
    "serve_permission_edit": Recipe(play=serving(edit_asked), config={"permission": {"edit": "ask"}}),
    "serve_question": Recipe(play=serving(questioned)),
    "serve_abort": Recipe(play=serving(aborted)),
    "serve_shell": Recipe(play=serving(shelled)),
    "serve_command": Recipe(
        play=serving(commanded),
        config={"command": {"hello": {"template": "Say hello to $ARGUMENTS [[scenario:simple]]"}}},
    ),
    "serve_compact": Recipe(play=serving(compacted)),
    "serve_revert": Recipe(play=serving(reverted)),
    "serve_two_directories": Recipe(play=serving(both)),
    "run_pull_request": Recipe(play=opened),
    "run_skill": Recipe(play=skilled),
    "serve_mention": Recipe(play=serving(mentioned)),
    "run_e429_e401": Recipe(play=running("e429-e401")),
    "tui_commit": Recipe(play=typed),
    "demo": Recipe(play=serving(worked), config={"permission": ASK_GIT, **GENERAL}),
}
