"""No secret is kept or shown: the real OpenCode, with a marked secret at every place that takes one."""

import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from otel_agent.sink.script import Fault
from tests.e2e.opencode import Finished
from tests.e2e.recipes import prompt
from tests.e2e.waiting import wait_until
from tests.e2e.world import AGENT, World, telemetry
from tests.security.marks import Watch, forms, leaked, mark

STATIC = {
    "OPENCODE_OTLP_HEADERS": "x-static",
    "OTEL_EXPORTER_OTLP_HEADERS": "x-standard",
    "OTEL_EXPORTER_OTLP_METRICS_HEADERS": "x-metrics",
    "OTEL_EXPORTER_OTLP_LOGS_HEADERS": "x-logs",
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "x-traces",
}
"""The secret variables, and the header that each of them sets."""
NAMES = (*STATIC.values(), "query", "proxy", "helper", "helper-error", "provider")
SECRETS = tuple(mark(name) for name in NAMES)
PROMPT = mark("prompt")
CONTENT = ("def hello", "return two", "Wrote, read and edited")
"""What the model writes, edits and answers in the scenario `edit`."""
SENT = ("x-static", "x-standard", "helper", "query")
"""What every request has."""
PRINTING = """printf '{{"authorization": "Bearer {mark_helper}"}}'
"""
HELPER = f"""
if [ -e "$0.ran" ]; then
    echo '{{mark_error}}' >&2
    echo '{{mark_error}}'
    exit 1
fi
touch "$0.ran"
{PRINTING}"""
"""It gives credentials once; when they are denied it fails, and says a secret."""


def settings(world: World, protocol: str) -> dict[str, str]:
    """Give the settings of a run: every variable that may hold a secret holds one."""
    script = HELPER.format(mark_error=mark("helper-error"), mark_helper=mark("helper"))
    world.home.put_program("helper", script)
    found = {**telemetry(world.sink, protocol), "OPENCODE_OTEL_EXIT_WAIT_MS": "0"}
    found |= {name: f"{header}=Bearer%20{quote(mark(header), safe='')}" for name, header in STATIC.items()}
    found |= {
        "OPENCODE_OTLP_HEADERS_HELPER": str(world.home.root / "bin" / "helper"),
        "HTTPS_PROXY": f"http://user:{quote(mark('proxy'), safe='')}@127.0.0.1:9",
        "OPENCODE_OTEL_LOG_LEVEL": "debug",
    }
    if protocol != "grpc":
        found["OPENCODE_OTLP_ENDPOINT"] += f"?token={quote(mark('query'), safe='')}"
    return found


def project(world: World) -> Path:
    """Make a project whose model provider has a marked key."""
    folder = world.home.project()
    file = folder / "opencode.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("sk-fake", mark("provider")), encoding="utf-8")
    return folder


def ask(world: World, command: str) -> bytes:
    """Give everything that one of our commands prints in the shell that OpenCode ran in."""
    done = subprocess.run(
        [*AGENT, command],
        env=world.home.environ(world.opencode.telemetry),
        cwd=world.home.root,
        capture_output=True,
        timeout=50,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    return done.stdout + done.stderr


def refused_run(world: World, folder: Path, status: int) -> Finished:
    """Run OpenCode against a backend that refuses everything and says all secrets; then end the agent."""
    for name in SENT:
        for form in sorted(forms(mark(name))):
            world.sink.fail_next(1, Fault(status=status, message=f"not with {form.decode()}"))
    world.sink.fail_next(1000, Fault(status=status, message=f"not with {mark('helper')}"))
    finished = world.opencode.run(folder, f"{prompt('edit')} {PROMPT}")
    wait_until(lambda: len(world.sink.attempts()) > 1, what="refused requests")
    for pid in world.agents():
        os.kill(pid, signal.SIGTERM)
    world.wait_quiet()
    return finished


pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize(("status", "protocol"), [(401, "grpc"), (400, "http/protobuf"), (500, "http/json")])
def test_no_secret_is_kept_or_shown(world: World, protocol: str, status: int) -> None:
    """Neither files nor arguments of processes nor what is printed have one, whatever the backend says."""
    folder = project(world)
    world.opencode.telemetry = settings(world, protocol)
    with Watch(world.home.root, world.home.state, [*SECRETS, PROMPT, *CONTENT]) as watch:
        finished = refused_run(world, folder, status)
        shown = {command: ask(world, command) for command in ("status", "doctor")}

    headers = world.sink.attempts()[0].headers
    assert f"Bearer {mark('helper')}" == headers["authorization"]
    assert f"Bearer {mark('x-static')}" == headers["x-static"]
    assert 0 == finished.code
    assert {"key", "agent.db", "agent.db-wal", "agent.log", "0.ndjson"} <= watch.files
    # The program itself was told: the prompt is an argument of OpenCode's, and no agent's.
    watch.found.pop(str(world.opencode.tools.opencode), None)
    assert ({}, set()) == (watch.found, watch.open)
    assert {command: set() for command in shown} == {
        command: leaked(text, SECRETS) for command, text in shown.items()
    }
    assert set() == leaked(world.log().encode(), SECRETS)


def test_what_was_left_is_delivered_with_its_secrets(world: World) -> None:
    """A journal that has no secret, not even the endpoint's, is delivered by the next run that has them."""
    folder = project(world)
    world.opencode.telemetry = settings(world, "http/protobuf")
    refused_run(world, folder, 401)
    world.home.put_program("helper", PRINTING.format(mark_helper=mark("helper")))
    world.sink.stop()
    world.sink.start()
    [left] = world.home.journals()
    world.sink._script._steps.clear()
    with Watch(world.home.root, world.home.state, SECRETS) as watch:
        world.opencode.run(folder, prompt("simple"))
        world.wait_quiet()

    assert left not in world.home.journals()
    assert world.truth().tokens == world.arrived().tokens
    assert {} == watch.found
    sent = "".join(map(repr, [*world.sink.log_records(), *world.sink.spans(), *world.sink.metric_points()]))
    assert set() == leaked(sent.encode(), [*SECRETS, PROMPT, *CONTENT])
