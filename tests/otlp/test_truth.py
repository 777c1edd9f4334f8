"""What arrives of each recording, decoded from OTLP, is what OpenCode's own events say."""

import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from otel_agent.replay import replay, unpack
from otel_agent.settings import parse
from otel_agent.sink.decode import Buckets, Record
from otel_agent.sink.report import Series, series
from otel_agent.sink.server import Sink
from tests.e2e.truth import Sums
from tests.e2e.world import arrived, telemetry
from tests.otlp.happened import PULL, SHA, Counts, Happened, Json, happened, succeeded

TESTS = Path(__file__).parents[1]
FILES = {
    file.stem: file
    for folder in (TESTS / "recordings", TESTS / "otlp" / "recordings")
    for file in sorted(folder.glob("*.ndjson"))
}
INVALID = "invalid"
every_recording = pytest.mark.parametrize("name", sorted(FILES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What the backend got of one recording."""

    sums: Sums
    series: tuple[Series, ...]
    records: tuple[Record, ...]

    def counted(self, metric: str, *names: str) -> Counts:
        """Add up a metric by these attributes; of a histogram the number of measurements."""
        found: dict[tuple[object, ...], int] = defaultdict(int)
        for one in self.series:
            if one.name == f"opencode.{metric}":
                value = one.value.count if isinstance(one.value, Buckets) else int(one.value)
                found[tuple(one.attributes.get(name) for name in names)] += value
        return dict(found)

    def told(self, event: str, *names: str) -> Counts:
        """Count the log events of a name by these attributes."""
        rows = [row.attributes for row in self.records if row.name == f"opencode.{event}"]
        return dict(Counter(tuple(row.get(name) for name in names) for row in rows))


@cache
def delivered(name: str) -> Arrived:
    """Send a recording through the agent's whole path, and read what came out at the other end."""
    with Sink() as sink, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "journal"
        header = unpack(FILES[name], folder)
        done = replay(folder, header, parse(telemetry(sink)), timeout_s=20)
        assert done.is_delivered
        return Arrived(
            sums=arrived(sink),
            series=tuple(series(sink.metric_points())),
            records=tuple(sink.log_records()),
        )


@cache
def truth(name: str) -> Happened:
    """Read what happened, once for all tests."""
    return happened(FILES[name])


def only(count: int, *key: object) -> Counts:
    """Give the counts of one series, which is not there before there is something to count."""
    return {key: count} if count else {}


@every_recording
def test_tokens_and_cost_are_those_of_the_finished_steps(name: str) -> None:
    """By session, model and type; what a fork copied was paid for by the session it was copied from."""
    expected, found = truth(name).sums(), delivered(name).sums

    assert expected.tokens == found.tokens
    assert pytest.approx(expected.cost, rel=1e-12) == found.cost


@every_recording
def test_requests_are_told_with_their_tokens_and_cost(name: str) -> None:
    """Each answered model call is one api_request; together they have the tokens that OpenCode counted."""
    answered = truth(name).answered()
    rows = [row.attributes for row in delivered(name).records if row.name == "opencode.api_request"]

    assert sorted((call["sessionID"], call["tokens"]["input"], call["cost"]) for call in answered) == sorted(
        (row["session.id"], row["input_tokens"], row["cost_usd"]) for row in rows
    )


@every_recording
def test_sessions_are_those_that_began_or_went_on(name: str) -> None:
    """Each session of the journal once: fresh when it was created in it, else resumed."""
    assert truth(name).started() == delivered(name).counted("session.count", "is_subagent", "start_type")


@every_recording
def test_prompts_are_those_that_a_person_wrote(name: str) -> None:
    """Neither copies, nor what OpenCode writes for itself, nor a sub-agent's task."""
    assert only(truth(name).prompts()) == delivered(name).told("user_prompt")


@every_recording
def test_commits_and_pull_requests_are_those_whose_names_were_printed(name: str) -> None:
    """The recorded commands print each commit's name and each pull request's address."""
    commits, pulls = truth(name).printed(SHA), truth(name).printed(PULL)

    assert only(commits) == delivered(name).counted("commit.count")
    assert only(pulls) == delivered(name).counted("pull_request.count")


@every_recording
def test_churn_is_what_the_edits_changed(name: str) -> None:
    """New files by their lines, edits by OpenCode's own counts."""
    assert truth(name).churn() == delivered(name).counted("lines_of_code.count", "type")


@every_recording
def test_net_lines_are_those_of_the_last_summaries(name: str) -> None:
    """What each prompt changed in all, without the prompts that are reverted."""
    found = delivered(name).counted("lines_of_code.total", "type")

    assert truth(name).net() == (found.get(("added",), 0), found.get(("removed",), 0))


@every_recording
def test_retries_are_those_that_opencode_announced(name: str) -> None:
    """One for each status `retry`."""
    announced = sum(one["status"]["type"] == "retry" for one in truth(name).named("session.status"))

    assert only(announced, "large") == delivered(name).counted("retry.count", "model")


@every_recording
def test_decisions_are_the_answers_and_the_denials(name: str) -> None:
    """`opencode run` answers by its own rules; elsewhere a person does."""
    found = delivered(name).told("tool_decision", "tool_name", "decision", "source")

    assert truth(name).decisions() == found


@every_recording
def test_edits_are_decided_once_each(name: str) -> None:
    """Every edit of the recordings was allowed: by an answer or else by the configuration."""
    edits = Counter((part["tool"], "accept") for part in truth(name).calls("write", "edit"))
    asked = Counter({key[:2]: count for key, count in truth(name).decisions().items()})
    by_user = {key: asked[key] for key in edits if asked[key]}

    found = delivered(name).counted("code_edit_tool.decision", "tool_name", "decision", "source")
    assert dict(edits) == delivered(name).counted("code_edit_tool.decision", "tool_name", "decision")
    assert by_user == {key[:2]: count for key, count in found.items() if key[2] != "config"}


@every_recording
def test_tools_are_measured_once_each(name: str) -> None:
    """Each call that is over, by whether it succeeded; a tool that does not exist is `invalid`."""
    calls = truth(name).calls()
    expected = Counter((part["tool"], succeeded(part) and part["tool"] != INVALID) for part in calls)

    assert dict(expected) == delivered(name).counted("tool.duration", "tool_name", "success")


def called(part: Json) -> str:
    """Give the name of the tool that the model asked for, which OpenCode replaces when there is none."""
    return str(part["state"]["input"]["tool"] if part["tool"] == INVALID else part["tool"])


@every_recording
def test_subagents_are_the_tasks_that_have_a_session(name: str) -> None:
    """Started once and completed once each."""
    tasks = [part["state"] for part in truth(name).calls("task")]
    begun = [state["input"] for state in tasks if "sessionId" in state["metadata"]]
    agents = Counter((given["subagent_type"],) for given in begun)

    assert dict(agents) == delivered(name).counted("subtask.count", "agent")
    assert dict(agents) == delivered(name).told("subagent_completed", "agent_type")


@every_recording
def test_compactions_are_the_summaries(name: str) -> None:
    """By who wanted them; all recorded ones succeeded."""
    summaries = [message for message in truth(name).answered() if message.get("summary") is True]
    auto = [part.get("auto", False) for part in truth(name).of("compaction")]

    assert len(summaries) == len(auto)
    expected = Counter(("auto" if is_auto else "manual", True) for is_auto in auto)
    assert dict(expected) == delivered(name).counted("compaction.count", "trigger", "success")


@every_recording
def test_failures_are_told_with_their_status(name: str) -> None:
    """Each error that OpenCode reported is that of one model call."""
    errors = [one["error"] for one in truth(name).named("session.error")]
    expected = Counter((error.get("data", {}).get("statusCode"),) for error in errors)

    assert dict(expected) == delivered(name).told("api_error", "status_code")


@every_recording
def test_active_time_is_there_when_there_was_a_turn(name: str) -> None:
    """Every recording has a turn; it is counted in the sessions at the top."""
    roots = {id_ for id_, info in truth(name).sessions.items() if "parentID" not in info}
    active = {
        str(one.attributes["session.id"])
        for one in delivered(name).series
        if one.name == "opencode.active_time.total"
    }

    assert active
    assert active <= roots


def test_retries_that_did_not_help_are_told() -> None:
    """One retry after 429, then a refused key: two attempts, and the last error's status."""
    found = delivered("run_e429_e401").told("api_retries_exhausted", "status_code", "total_attempts")

    assert {(401, 2): 1} == found


def test_mentions_are_told_by_what_they_mention() -> None:
    """The prompt refers to one file and to one agent."""
    assert {("file",): 1, ("agent",): 1} == delivered("serve_mention").told("at_mention", "mention_type")


def test_loaded_skill_is_told_with_its_name() -> None:
    """The model loaded the project's skill once."""
    assert {("review",): 1} == delivered("run_skill").told("skill_activated", "skill.name")


def test_pull_request_has_its_address() -> None:
    """What the stand-in for `gh` printed."""
    found = delivered("run_pull_request").told("pull_request", "url")

    assert {("https://github.com/example/project/pull/7",): 1} == found


def test_calls_of_an_mcp_server_are_counted() -> None:
    """The server `echo` added two numbers and failed once."""
    found = delivered("run_mcp_servers").counted("mcp.call.count", "tool_name", "success")

    assert {("echo_add", True): 1, ("echo_fail", False): 1} == found
