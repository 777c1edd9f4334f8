"""helpers/ci/traceparent prints the same ids as whoever exports the job's trace, and never fails a job."""

import re
import subprocess

import pytest

from tests.helpers import ci

GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def parent(trace_id: str, span_id: str) -> str:
    """Write the line that is expected."""
    return f"00-{trace_id}-{span_id}-01\n"


def test_github_job_has_the_ids_of_the_collectors_receiver() -> None:
    """The parent is the span that the githubreceiver makes of this job, in the run's trace."""
    printed = ci.traceparent(ci.GITHUB_JOB)

    assert ci.Printed(code=0, out=parent(ci.GITHUB_TRACE, ci.GITHUB_JOB_SPAN), err="") == printed


def test_github_without_the_check_run_hangs_under_the_run() -> None:
    """GitHub Enterprise Server has no job.check_run_id: the run is the parent, which is said."""
    printed = ci.traceparent({**ci.GITHUB, "CHECK_RUN_ID": ""})

    assert parent(ci.GITHUB_TRACE, ci.GITHUB_RUN_SPAN) == printed.out
    assert "CHECK_RUN_ID: ${{ job.check_run_id }}" in printed.err


def test_github_step_is_the_parent_when_it_is_named() -> None:
    """`--step` takes the step's name as the workflow has it, blanks too."""
    printed = ci.traceparent(ci.GITHUB_JOB, "--step", "Run OpenCode")

    assert parent(ci.GITHUB_TRACE, "1f73a93bf534a318") == printed.out


def test_gitlab_job_has_the_ids_of_gitlabs_export() -> None:
    """The pipeline's number is the trace id, the job's span is hashed from both."""
    assert parent(ci.GITLAB_TRACE, ci.GITLAB_JOB_SPAN) == ci.traceparent(ci.GITLAB).out


def test_gitlab_child_pipeline_is_in_the_outermost_pipelines_trace() -> None:
    """GitLab has no variable for it, so its trigger job has to hand it down."""
    printed = ci.traceparent({**ci.GITLAB, "ROOT_PIPELINE_ID": "999"})

    assert parent("000000000000000000000000000003e7", "e29c74e911d6deca") == printed.out


def test_jenkins_build_has_ids_of_its_url() -> None:
    """Without the OpenTelemetry plugin the build's address is what is unique."""
    assert parent(ci.JENKINS_TRACE, ci.JENKINS_SPAN) == ci.traceparent(ci.JENKINS).out


def test_jenkins_that_does_not_know_its_url_has_ids_of_its_tag() -> None:
    """BUILD_URL is only there when Jenkins was told its address."""
    printed = ci.traceparent({"BUILD_TAG": "jenkins-app-7"})

    assert parent("fefe05d31c384c501b264e848dfbb674", "ca5e1ac38a3f1961") == printed.out


@pytest.mark.parametrize("environ", [{}, ci.GITHUB_JOB, ci.GITLAB, ci.JENKINS])
@pytest.mark.parametrize("given", [GIVEN, f"{GIVEN[:-2]}00", f"cc{GIVEN[2:]}-more"])
def test_traceparent_that_is_set_wins(environ: dict[str, str], given: str) -> None:
    """Jenkins' plugin, or another tool that traces the job, knows better; flags and version are kept."""
    printed = ci.traceparent({**environ, "TRACEPARENT": given})

    assert ci.Printed(code=0, out=f"{given}\n", err="") == printed


@pytest.mark.parametrize(
    "given",
    [
        "x",
        GIVEN.upper(),
        f"{GIVEN}\n",
        f"{GIVEN}-more",
        f"ff{GIVEN[2:]}",
        f"00-{'0' * 32}-{'1' * 16}-01",
        f"00-{'1' * 32}-{'0' * 16}-01",
        GIVEN[:-1],
    ],
)
def test_traceparent_that_is_invalid_is_not_used(given: str) -> None:
    """What W3C calls invalid is said and replaced."""
    printed = ci.traceparent({**ci.GITLAB, "TRACEPARENT": given})

    assert parent(ci.GITLAB_TRACE, ci.GITLAB_JOB_SPAN) == printed.out
    assert "traceparent: TRACEPARENT is set and invalid; it is not used\n" == printed.err


@pytest.mark.parametrize("value", ["", "0", "-1", "007", "1.5", "\u0661", "1\n", "$(id)", "9" * 20, "\udcff"])
@pytest.mark.parametrize(
    ("environ", "name"),
    [
        (ci.GITHUB_JOB, "GITHUB_RUN_ID"),
        (ci.GITHUB_JOB, "GITHUB_RUN_ATTEMPT"),
        (ci.GITLAB, "CI_PIPELINE_ID"),
        (ci.GITLAB, "CI_JOB_ID"),
    ],
)
def test_garbage_gives_no_parent_and_no_failure(environ: dict[str, str], name: str, value: str) -> None:
    """The variable is named, its value is not shown, and OpenCode's turns are traces of their own."""
    printed = ci.traceparent({**environ, name: value})

    assert (0, "") == (printed.code, printed.out)
    got = "something else" if value else "nothing"
    assert f"traceparent: {name}: expected a whole number above 0, got {got}\n" == printed.err


@pytest.mark.parametrize("name", ["CHECK_RUN_ID", "ROOT_PIPELINE_ID"])
def test_garbage_in_an_optional_variable_is_no_parent_either(name: str) -> None:
    """A parent in the wrong place would be worse than none."""
    environ = ci.GITHUB_JOB if name == "CHECK_RUN_ID" else ci.GITLAB
    printed = ci.traceparent({**environ, name: "many"})

    assert (0, "") == (printed.code, printed.out)
    assert printed.err.startswith(f"traceparent: {name}: ")


def test_bytes_that_are_no_text_still_have_ids() -> None:
    """A job's name may be in any encoding."""
    printed = ci.traceparent({"BUILD_TAG": "jenkins-\udcff-7"})

    assert (0, "") == (printed.code, printed.err)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01\n", printed.out)


def test_outside_of_a_job_it_prints_nothing() -> None:
    """On a developer's machine there is no job to hang under."""
    printed = ci.traceparent({})

    assert (0, "") == (printed.code, printed.out)
    assert "traceparent: expected a CI job, got none of GITHUB_ACTIONS, GITLAB_CI, BUILD_TAG\n" == printed.err


def test_it_is_a_program_for_a_shell() -> None:
    """The line of the snippets, in a plain sh: the file is executable and finds its Python."""
    line = f'set -eu; OPENCODE_TRACEPARENT="$({ci.SCRIPT})"; export OPENCODE_TRACEPARENT; env'
    ended = subprocess.run(
        ["sh", "-c", line],
        env={**ci.JENKINS, "PATH": ci.path_with()},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert f"OPENCODE_TRACEPARENT=00-{ci.JENKINS_TRACE}-{ci.JENKINS_SPAN}-01" in ended.stdout.splitlines()
