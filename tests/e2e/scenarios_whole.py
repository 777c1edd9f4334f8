"""The scenarios of a session in which everything happens, and of a few that are about one event."""

from collections.abc import Mapping

from tests.e2e.steps import DIRECTORY, Answer, Refusal, Step, bash, limited, tool, used

HELLO = "def hello():\n    return 1\n"
APP = "export const name = 'app'\nexport const limit = 1\n"
COMMIT = "git add -A && git commit -q -m 'Add an app' && git rev-parse HEAD"
SECOND_COMMIT = "git -c user.name=Bot commit -q --allow-empty -m 'Try again' && git rev-parse HEAD"
OPEN_PR = "gh pr create --title 'An app' --body 'It has a limit.'"


def write(name: str, content: str) -> Answer:
    """Write one file of the project."""
    call = tool("write", filePath=f"{DIRECTORY}/{name}", content=content)
    return Answer(calls=(call,), usage=used(1000, 50, reasoning=5))


def edit(name: str, old: str, new: str) -> Answer:
    """Replace one piece of a file of the project."""
    call = tool("edit", filePath=f"{DIRECTORY}/{name}", oldString=old, newString=new)
    return Answer(calls=(call,), usage=used(1100, 30, cached=900))


def shell(command: str) -> Answer:
    """Run a shell command."""
    return Answer(calls=(bash(command),), usage=used(1200, 40, cached=1100))


def said(text: str) -> Answer:
    """End a turn with a word."""
    return Answer(text=text, usage=used(1300, 20, cached=1200))


DELEGATED = tool("task", description="Say hi", prompt="Hi. [[scenario:child]]", subagent_type="general")

WHOLE: Mapping[str, tuple[Step, ...]] = {
    "whole-files": (
        write("hello.py", HELLO),
        write("limit.py", "LIMIT = 3\n"),
        write("app.ts", APP),
        edit("hello.py", "return 1", "two = 2\n    return two"),
        said("Three files."),
    ),
    "whole-change": (edit("app.ts", "limit = 1\n", "limit = 2\nexport const more = 3\n"), said("Changed.")),
    "whole-ship": (shell(COMMIT), shell(SECOND_COMMIT), shell(OPEN_PR), said("It is out.")),
    "whole-asking": (shell("uname"), write("NOTES.md", "# Notes\n"), said("No notes then.")),
    "whole-helpers": (
        Answer(calls=(DELEGATED,), usage=used(2000, 70, cached=500, reasoning=10)),
        Answer(calls=(tool("echo_add", a=2, b=3),), usage=used(2100, 15, cached=1900)),
        said("hi, and 5."),
    ),
    "skill": (Answer(calls=(tool("skill", name="review"),), usage=used(900, 12)), said("Reviewed.")),
    "e429-e401": (
        limited(retry_after="1"),
        Refusal(status=401, code="invalid_api_key", message="Incorrect API key provided"),
    ),
    "pull-request": (
        write("hello.py", HELLO),
        edit("hello.py", "return 1", "return 2"),
        shell(COMMIT),
        shell(OPEN_PR),
        said("It is out."),
    ),
}
