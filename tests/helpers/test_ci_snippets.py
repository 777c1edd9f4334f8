"""The snippets' shell lines, run as each CI runs them, with programs that only note how they were called."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from otel_agent.settings import Signal
from otel_agent.sink.server import Sink
from tests.helpers import ci
from tests.helpers.snippets import Step, github_steps, gitlab_steps, jenkins_steps, read

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

SCRIBES = ("apt-get", "npm", "otel-agent", "pip")
SCRIBE = '#!/bin/sh\necho "$(basename "$0")" "$@" >>"$CALLS"\n'
PYTHON = f"""#!/bin/sh
case "$*" in
    "-m venv "* | "-m pip "*) echo python3 "$@" >>"$CALLS" ;;
    *) exec {sys.executable} "$@" ;;
esac
"""
OPENCODE = """#!/bin/sh
echo opencode "$@" >>"$CALLS"
echo "$OPENCODE_ENABLE_TELEMETRY $OPENCODE_OTEL_EXIT_WAIT_MS $OPENCODE_OTLP_HEADERS" >>"$CALLS"
echo "$OPENCODE_TRACEPARENT ${OPENCODE_TRACESTATE-} ${OTEL_EXPORTER_OTLP_ENDPOINT-}" >>"$CALLS"
exit "${OPENCODE_ENDS_WITH:-0}"
"""
HEADERS = "x-key=secret"
PROMPT = "say 'hi' $(to) \"all\""
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Machine:
    """A CI's machine: a checkout with ci/traceparent, and programs that write down how they were called."""

    def __init__(self, root: Path, sink: Sink) -> None:
        """Make the checkout and the programs."""
        self.sink = sink
        self.calls = root / "calls"
        self.variables = root / "variables"
        self._checkout = root / "checkout"
        self._bin = root / "bin"
        programs = {**dict.fromkeys(SCRIBES, SCRIBE), "python3": PYTHON, "opencode": OPENCODE}
        for folder in (self._bin, self._checkout / "ci"):
            folder.mkdir(parents=True)
        for name, text in programs.items():
            program(self._bin / name, text)
        program(self._checkout / "ci" / "traceparent", ci.SCRIPT.read_text(encoding="utf-8"))

    def run(self, shell: list[str], step: Step, environ: Mapping[str, str]) -> int:
        """Run a step in a shell of its own and give its exit code."""
        home = {"HOME": str(self._checkout.parent), "PATH": ci.path_with(self._bin), "CALLS": str(self.calls)}
        ended = subprocess.run(
            [*shell, "-c", step.script],
            cwd=self._checkout,
            env={**environ, **step.environ, **home},
            check=False,
            timeout=30,
        )
        return ended.returncode

    def told(self) -> list[str]:
        """Give what was called, in its order, with OpenCode's variables behind its own call."""
        return self.calls.read_text(encoding="utf-8").splitlines()

    def spans(self) -> "list[Span]":
        """Give the spans that the job sent."""
        requests = (cast("ExportTraceServiceRequest", one) for one in self.sink.requests(Signal.TRACES))
        return [one.resource_spans[0].scope_spans[0].spans[0] for one in requests]


def program(path: Path, text: str) -> None:
    """Write an executable file."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine, and the backend of its telemetry."""
    with Sink() as sink:
        yield Machine(tmp_path, sink)


def run_github(machine: Machine, **extra: str) -> list[int]:
    """Run the workflow's steps: `bash -e`, later steps only with `always()` when one has failed."""
    expressions = {
        "inputs.prompt": PROMPT,
        "job.check_run_id": "41546348818",
        "job.status": "failure" if extra else "success",
        "secrets.ANTHROPIC_API_KEY": "",
        "secrets.OPENCODE_OTLP_HEADERS": HEADERS,
        "vars.OPENCODE_OTLP_ENDPOINT": machine.sink.http_url,
        "vars.OTEL_AGENT": "agent.whl",
    }
    environ = {**ci.GITHUB, **extra, "GITHUB_ENV": str(machine.variables)}
    codes: list[int] = []
    for step in github_steps(expressions):
        codes.append(machine.run(["bash", "-e"], step, environ))
        environ |= dict(re.findall(r"^(\w+)=(.*)$", machine.variables.read_text("utf-8"), re.MULTILINE))
    return codes


def run_gitlab(machine: Machine, **extra: str) -> list[int]:
    """Run the job: one shell, then one more for after_script."""
    environ = {
        **ci.GITLAB,
        **extra,
        "OPENCODE_OTLP_ENDPOINT": machine.sink.http_url,
        "OPENCODE_OTLP_HEADERS": HEADERS,
        "OTEL_AGENT": "agent.whl",
        "PROMPT": PROMPT,
    }
    return [machine.run(["sh", "-eu"], step, environ) for step in gitlab_steps()]


def run_jenkins(machine: Machine, **extra: str) -> list[int]:
    """Run the build: `sh -xe` for the stage, and for what comes always."""
    environ = {
        **ci.JENKINS,
        **extra,
        "JOB_RESULT": "FAILURE" if "OPENCODE_ENDS_WITH" in extra else "SUCCESS",
        "JOB_STARTED_MS": "1772359200000",
        "OPENCODE_OTLP_ENDPOINT": machine.sink.http_url,
        "OTEL_AGENT": "agent.whl",
        "PROMPT": PROMPT,
        "WORKSPACE_TMP": "/w@tmp",
    }
    steps = jenkins_steps({"anthropic-api-key": "", "opencode-otlp-headers": HEADERS})
    return [machine.run(["sh", "-e"], step, environ) for step in steps]


Run = Callable[..., list[int]]


def opencode_called(trace_id: str, span_id: str) -> list[str]:
    """Write down OpenCode's call as it is expected in each CI."""
    return [f"opencode run {PROMPT}", f"1 10000 {HEADERS}", f"00-{trace_id}-{span_id}-01  "]


def test_github_workflow_runs_opencode_under_its_job(machine: Machine) -> None:
    """Everything is installed, OpenCode gets the job's span as its parent, and the span itself is sent."""
    codes = run_github(machine)

    assert [0, 0, 0, 0, 0] == codes
    assert [
        "npm install --global opencode-ai@1.18.33",
        "python3 -m pip install agent.whl",
        "otel-agent install",
        *opencode_called(ci.GITHUB_TRACE, ci.GITHUB_JOB_SPAN),
    ] == machine.told()
    (span,) = machine.spans()
    assert (ci.GITHUB_TRACE, ci.GITHUB_JOB_SPAN) == (span.trace_id.hex(), span.span_id.hex())
    assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 60 * 10**9


def test_gitlab_job_runs_opencode_under_its_job(machine: Machine) -> None:
    """The same in GitLab."""
    codes = run_gitlab(machine)

    assert [0, 0] == codes
    assert [
        "apt-get update",
        "apt-get install --yes --no-install-recommends python3-venv",
        "npm install --global opencode-ai@1.18.33",
        f"python3 -m venv {machine.calls.parent}/otel-agent",
        "pip install agent.whl",
        "otel-agent install",
        *opencode_called(ci.GITLAB_TRACE, ci.GITLAB_JOB_SPAN),
    ] == machine.told()
    (span,) = machine.spans()
    assert (ci.GITLAB_TRACE, ci.GITLAB_JOB_SPAN) == (span.trace_id.hex(), span.span_id.hex())


def test_jenkins_build_runs_opencode_under_its_build(machine: Machine) -> None:
    """The same in Jenkins, in which nothing outside of the workspace is installed."""
    codes = run_jenkins(machine)

    assert [0, 0] == codes
    assert [
        "npm install --prefix /w@tmp/opencode opencode-ai@1.18.33",
        "python3 -m venv /w@tmp/otel-agent",
        "pip install agent.whl",
        "otel-agent install",
        *opencode_called(ci.JENKINS_TRACE, ci.JENKINS_SPAN),
    ] == machine.told()
    (span,) = machine.spans()
    assert (ci.JENKINS_TRACE, ci.JENKINS_SPAN) == (span.trace_id.hex(), span.span_id.hex())


def test_jenkins_plugin_is_the_parent_and_sends_its_own_spans(machine: Machine) -> None:
    """Its TRACEPARENT and TRACESTATE go to OpenCode, its exporter's address does not."""
    plugin = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example.com:4317",
        "TRACEPARENT": TRACEPARENT,
        "TRACESTATE": "vendor=1",
    }
    codes = run_jenkins(machine, **plugin)

    assert [0, 0] == codes
    assert f"{TRACEPARENT} vendor=1 " == machine.told()[-1]
    assert [] == machine.spans()


@pytest.mark.parametrize("run", [run_github, run_gitlab, run_jenkins])
def test_failure_of_opencode_is_the_jobs_failure(machine: Machine, run: Run) -> None:
    """The job fails with OpenCode, and its span says so."""
    codes = run(machine, OPENCODE_ENDS_WITH="3")

    assert [3, 0] == codes[-2:]
    (span,) = machine.spans()
    assert 2 == span.status.code


@pytest.mark.parametrize("run", [run_github, run_gitlab, run_jenkins])
def test_unknown_job_still_runs_opencode(machine: Machine, run: Run) -> None:
    """Without a usable id there is no parent, and the work is done all the same."""
    broken = {"GITHUB_RUN_ID": "x", "CI_JOB_ID": "x", "TRACEPARENT": "x", "BUILD_TAG": "", "BUILD_URL": ""}
    codes = run(machine, **broken)

    assert {0} == set(codes)
    assert "  " == machine.told()[-1]
    assert [] == machine.spans()


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml", "Jenkinsfile"])
def test_snippet_has_no_secret(name: str) -> None:
    """Credentials come from the CI's store; no value stands behind such a name."""
    written = re.findall(r"^ *([A-Z_]*(?:HEADERS|KEY|TOKEN))(?::| =) *(.+)$", read(name), re.MULTILINE)

    stored = r"\$\{\{ secrets\.\w+ \}\}|credentials\('[\w-]+'\)"
    assert [] == [key for key, value in written if not re.fullmatch(stored, value)]
