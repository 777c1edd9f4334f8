"""What the fake model says: every scenario that a prompt can name, as data.

A prompt names its scenario as `[[scenario:NAME]]`; step n of it answers the n-th model call after the prompt.
"""

import re
from collections.abc import Mapping

from tests.e2e.scenarios_kills import KILLS
from tests.e2e.scenarios_shown import SHOWN
from tests.e2e.scenarios_traces import TRACES
from tests.e2e.scenarios_whole import WHOLE
from tests.e2e.steps import DIRECTORY, Answer, Cut, Hang, Refusal, Step, bash, limited, tool, used

NAMED = re.compile(r"\[\[scenario:([\w-]+)\]\]")
COMMIT = "git add -A && git commit -q -m 'Add a greeting' && git rev-parse HEAD"
HELLO = "def hello():\n    return 1\n"
PLAIN: dict[str, tuple[Step, ...]] = {
    "simple": (Answer(text="Hello from the fake model.", reasoning="A greeting: greet back."),),
    "length": (Answer(text="cut off because of", finish="length"),),
    "many-words": (
        Answer(text=" ".join(f"word{n}" for n in range(300)), pause_s=0.001, usage=used(40, 300)),
    ),
    "after-long-work": (
        Answer(calls=(bash("echo one"),), usage=used(900, 30)),
        Answer(calls=(bash("echo two"),), usage=used(1000, 40, cached=800)),
        Answer(calls=(bash("sleep 60"),), usage=used(1100, 50, cached=900)),
        Answer(text="Never reached by a killed session."),
    ),
}

WORK: dict[str, tuple[Step, ...]] = {
    "commit": (
        Answer(
            text="I write a file and commit it.",
            calls=(bash(f"echo hi > a.txt && {COMMIT}"),),
            usage=used(1500, 60, reasoning=12),
        ),
        Answer(text="Committed.", usage=used(1700, 20, cached=1400)),
    ),
    "edit": (
        Answer(calls=(tool("write", filePath=f"{DIRECTORY}/hello.py", content=HELLO),), usage=used(1000, 50)),
        Answer(calls=(tool("read", filePath=f"{DIRECTORY}/hello.py"),), usage=used(1100, 30, cached=900)),
        Answer(
            calls=(
                tool(
                    "edit",
                    filePath=f"{DIRECTORY}/hello.py",
                    oldString="return 1",
                    newString="two = 2\n    return two",
                ),
            ),
            usage=used(1200, 40, cached=1000),
        ),
        Answer(text="Wrote, read and edited hello.py.", usage=used(1300, 25, cached=1100)),
    ),
    "todo": (
        Answer(
            calls=(
                tool(
                    "todowrite",
                    todos=[
                        {"id": "1", "content": "first", "status": "completed", "priority": "high"},
                        {"id": "2", "content": "second", "status": "in_progress", "priority": "low"},
                    ],
                ),
            )
        ),
        Answer(text="Both are on the list."),
    ),
    "subagent": (
        Answer(
            calls=(
                tool(
                    "task", description="Say hi", prompt="Say hi. [[scenario:child]]", subagent_type="general"
                ),
            ),
            usage=used(2000, 70, cached=500, reasoning=10),
        ),
        Answer(text="The sub-agent said hi.", usage=used(2200, 30, cached=2000)),
    ),
    "child": (
        Answer(calls=(bash("echo from-child"),), usage=used(300, 20)),
        Answer(text="hi from the child", usage=used(400, 15, cached=300)),
    ),
    "tools": (
        Answer(
            calls=(
                tool("glob", pattern="*.md"),
                bash("exit 3"),
                tool("read", filePath=f"{DIRECTORY}/does-not-exist.txt"),
                tool("nosuchtool", x=1),
            )
        ),
        Answer(text="Ran several tools."),
    ),
    "mcp": (
        Answer(calls=(tool("echo_add", a=2, b=3), tool("echo_fail"))),
        Answer(text="The sum is 5."),
    ),
    "slow-shell": (
        Answer(calls=(bash("for i in 1 2 3 4 5 6; do echo line $i; sleep 0.5; done"),)),
        Answer(text="That took a while."),
    ),
    "big-output": (Answer(calls=(bash("seq 1 60000"),)), Answer(text="Many lines.")),
}

ASKING: dict[str, tuple[Step, ...]] = {
    "permission": (
        Answer(calls=(bash("git status"),)),
        Answer(calls=(bash("uname"),)),
        Answer(text="Done with permissions."),
    ),
    "denied": (Answer(calls=(bash("rm -f nothing.txt"),)), Answer(text="Then not.")),
    "question": (
        Answer(
            calls=(
                tool(
                    "question",
                    questions=[
                        {
                            "question": "Which one?",
                            "header": "Pick",
                            "options": [
                                {"label": "A", "description": "first"},
                                {"label": "B", "description": "second"},
                            ],
                        }
                    ],
                ),
            )
        ),
        Answer(text="Thanks."),
    ),
}

FAILURES: dict[str, tuple[Step, ...]] = {
    "e401": (Refusal(status=401, code="invalid_api_key", message="Incorrect API key provided"),),
    "e429": (
        limited(retry_after="1"),
        limited(retry_after_ms="700"),
        Answer(text="Through at last."),
    ),
    "e500": (
        Refusal(status=500, code="server_error", message="Internal error"),
        Answer(text="Recovered."),
    ),
    "overflow": (
        Refusal(
            status=400,
            code="context_length_exceeded",
            message="This model's maximum context length is 8192 tokens. context_length_exceeded",
        ),
        Answer(text="Room again after the compaction."),
    ),
    "filter": (Answer(finish="content_filter"),),
    "cut": (
        Answer(calls=(bash("echo before the cut"),), usage=used(700, 20)),
        Cut(text="half a sen"),
        Answer(text="whole after the cut", usage=used(800, 35, cached=600)),
    ),
    "hang": (Hang(text="thinking for ever"),),
}

DEMO: dict[str, tuple[Step, ...]] = {
    "demo": (
        Answer(
            text="First the module.",
            reasoning="The module comes first, its test second, the commit last.",
            calls=(tool("write", filePath=f"{DIRECTORY}/hello.py", content=HELLO),),
            usage=used(9200, 210, reasoning=60),
            pause_s=0.06,
        ),
        Answer(
            text="Now the second value.",
            calls=(
                tool(
                    "edit",
                    filePath=f"{DIRECTORY}/hello.py",
                    oldString="return 1",
                    newString="two = 2\n    return two",
                ),
            ),
            usage=used(9600, 140, cached=9000),
            pause_s=0.06,
        ),
        limited(retry_after="2"),
        Answer(
            text="A sub-agent reviews it.",
            calls=(
                tool(
                    "task",
                    description="Review hello.py",
                    prompt="Review hello.py. [[scenario:demo-review]]",
                    subagent_type="general",
                ),
            ),
            usage=used(9900, 160, cached=9500, reasoning=20),
            pause_s=0.06,
        ),
        Answer(
            text="The review is fine: I commit.",
            calls=(bash(COMMIT),),
            usage=used(10400, 120, cached=9800),
            pause_s=0.06,
        ),
        Answer(text="hello.py is written, reviewed and committed.", usage=used(10800, 60, cached=10300)),
    ),
    "demo-review": (
        Answer(
            calls=(tool("read", filePath=f"{DIRECTORY}/hello.py"), bash("python3 -m py_compile hello.py")),
            usage=used(6100, 90),
            pause_s=0.05,
        ),
        Answer(text="It compiles and returns two.", usage=used(6600, 70, cached=6000), pause_s=0.08),
    ),
}

SCENARIOS: Mapping[str, tuple[Step, ...]] = {
    **(PLAIN | WORK | ASKING | FAILURES | DEMO),
    **WHOLE,
    **TRACES,
    **KILLS,
    **SHOWN,
}
TITLE = Answer(text="A short title", usage=used(200, 5))
SUMMARY = Answer(text="## Summary\nEverything went well.", usage=used(900, 45, cached=500))
