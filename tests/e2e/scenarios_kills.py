"""What the fake model says in the kill matrix: work that lasts about four seconds and counts in many ways."""

from tests.e2e.steps import DIRECTORY, Answer, Step, bash, tool, used

SLOW = "for i in 1 2 3 4 5; do echo line $i; sleep 0.4; done"
COMMIT = "git add -A && git commit -q -m 'Work' && git rev-parse HEAD"
KILLS: dict[str, tuple[Step, ...]] = {
    "kill-work": (
        Answer(
            text="First the module, then the rest of it, step by step.",
            reasoning="The module comes first.",
            calls=(tool("write", filePath=f"{DIRECTORY}/hello.py", content="def hello():\n    return 1\n"),),
            usage=used(1000, 50, reasoning=10),
            pause_s=0.02,
        ),
        Answer(
            calls=(
                tool(
                    "edit",
                    filePath=f"{DIRECTORY}/hello.py",
                    oldString="return 1",
                    newString="two = 2\n    return two",
                ),
                bash("echo beside it"),
            ),
            usage=used(1200, 40, cached=1000),
        ),
        Answer(
            text="A sub-agent looks at it.",
            calls=(
                tool("task", description="Look", prompt="Look. [[scenario:child]]", subagent_type="general"),
            ),
            usage=used(1400, 45, cached=1200),
            pause_s=0.02,
        ),
        Answer(calls=(bash(SLOW),), usage=used(1600, 35, cached=1400)),
        Answer(calls=(bash(COMMIT),), usage=used(1800, 30, cached=1600)),
        Answer(text="Written, looked at and committed, all of it.", usage=used(2000, 25), pause_s=0.02),
    ),
    "kill-talk": (
        Answer(
            calls=(bash("echo one"), bash("echo two")),
            usage=used(500, 30),
            text="Two commands.",
            pause_s=0.05,
        ),
        Answer(calls=(bash(SLOW),), usage=used(700, 20, cached=500)),
        Answer(text=" ".join(f"word{n}" for n in range(60)), pause_s=0.02, usage=used(900, 60, cached=700)),
    ),
}
