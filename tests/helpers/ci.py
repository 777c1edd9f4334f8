"""The jobs that helpers/ci is tried in: each CI's variables, and helpers/ci/traceparent run among them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "helpers" / "ci"
SCRIPT = FOLDER / "traceparent"

# The run, the job and their ids are those of the receiver's own tests: receiver/githubreceiver/testdata/
# workflow-run-expected.yaml and workflow-job-skipped-expected.yaml in opentelemetry-collector-contrib.
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_JOB": "build",
    "GITHUB_REPOSITORY": "example/app",
    "GITHUB_RUN_ATTEMPT": "13",
    "GITHUB_RUN_ID": "14460881260",
    "GITHUB_SERVER_URL": "https://github.example.com",
    "GITHUB_WORKFLOW": "build-and-test",
}
GITHUB_JOB = {**GITHUB, "CHECK_RUN_ID": "41546348818"}
GITHUB_TRACE = "731ec8a47fd7450f753a812a4a8aa5a0"
GITHUB_RUN_SPAN = "aba151af7cfbcf0f"
GITHUB_JOB_SPAN = "fb6779d8c7b7c66c"

# The ids of the others were made with sha256sum from what their rules say.
GITLAB = {
    "CI_JOB_ID": "2002",
    "CI_JOB_NAME": "opencode",
    "CI_JOB_STARTED_AT": "2026-03-01T10:00:00Z",
    "CI_JOB_STATUS": "failed",
    "CI_JOB_URL": "https://gitlab.example.com/app/-/jobs/2002",
    "CI_PIPELINE_ID": "1001",
    "CI_PROJECT_PATH": "group/app",
    "GITLAB_CI": "true",
}
GITLAB_TRACE = "000000000000000000000000000003e9"
GITLAB_JOB_SPAN = "0ee4bf9a3b54ce22"

JENKINS = {
    "BUILD_TAG": "jenkins-app-7",
    "BUILD_URL": "https://ci.example.com/job/app/7/",
    "JOB_NAME": "app",
}
JENKINS_TRACE = "1e9feb25015c2ced92a4c24efcbb95ea"
JENKINS_SPAN = "05db27992607c915"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a run of the script left in the job's log."""

    code: int
    out: str
    err: str


def traceparent(environ: Mapping[str, str], *arguments: str) -> Printed:
    """Run the script with these variables alone, by a Python that has no package but its own."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *arguments]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=30)
    return Printed(code=ended.returncode, out=ended.stdout, err=ended.stderr)


def path_with(*folders: Path) -> str:
    """Give a PATH on which these folders come first, then this Python, then the machine's programs."""
    return os.pathsep.join([*map(str, folders), str(Path(sys.executable).parent), os.environ["PATH"]])
