"""A session as people have it, for pages that are looked at: its prompts name no scenario, they are known."""

from collections.abc import Mapping

from tests.e2e.steps import Answer, Step, ToolCall, tool, used

GREET = """import sys


def greet(name):
    return f"Hello, {name}!"


print(greet(sys.argv[1]))
"""
WRITE = "Write greet.py, which greets whoever it is given, and have it reviewed."
REVIEW = "Review greet.py: what happens without a name?"
COMMIT = "Good. Commit it."
ASKED = "It greets Ada. A second pair of eyes now."
REVIEWED = "It ends with an IndexError: `sys.argv[1]` is not there. A default would do."
DEFAULTED = "Without a name it greets the world then."
ANSWERED = (
    "`greet.py` greets whoever it is given. The review found that it failed without a name: it greets the "
    "world then."
)
COMMITTED = "Committed as *Add greet.py*."
SPOKEN: Mapping[str, str] = {WRITE: "shown-write", REVIEW: "shown-review", COMMIT: "shown-commit"}
"""The scenarios by the prompts that they answer."""


def _shell(command: str, description: str) -> ToolCall:
    return tool("bash", command=command, description=description)


SHOWN: Mapping[str, tuple[Step, ...]] = {
    "shown-write": (
        Answer(
            text="I write the file first.",
            reasoning="A function and one call of it are enough.",
            calls=(tool("write", filePath="greet.py", content=GREET),),
            usage=used(9_200, 210, reasoning=60),
        ),
        Answer(
            text="Now I run it.",
            calls=(_shell("python3 greet.py Ada", "Greet Ada"),),
            usage=used(9_600, 90, cached=9_000),
        ),
        Answer(
            text=ASKED,
            calls=(tool("task", description="Review greet.py", prompt=REVIEW, subagent_type="general"),),
            usage=used(9_900, 160, cached=9_500),
        ),
        Answer(
            text=DEFAULTED,
            calls=(
                tool(
                    "edit",
                    filePath="greet.py",
                    oldString="print(greet(sys.argv[1]))",
                    newString='print(greet(sys.argv[1] if len(sys.argv) > 1 else "the world"))',
                ),
            ),
            usage=used(10_400, 120, cached=9_800),
        ),
        Answer(
            text=ANSWERED,
            usage=used(10_800, 60, cached=10_300),
        ),
    ),
    "shown-review": (
        Answer(calls=(tool("read", filePath="greet.py"),), usage=used(6_100, 90)),
        Answer(
            text=REVIEWED,
            usage=used(6_600, 70, cached=6_000),
        ),
    ),
    "shown-commit": (
        Answer(
            calls=(
                _shell(
                    "git add greet.py && git commit -q -m 'Add greet.py' && git log -1 --format=%s",
                    "Commit greet.py",
                ),
            ),
            usage=used(11_000, 80, cached=10_700),
        ),
        Answer(text=COMMITTED, usage=used(11_200, 30, cached=10_900)),
    ),
}
