"""Ids, parents and decisions: what the plugin tells, beside the vectors that the agent's tests read too."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.journals import RECORDINGS
from tests.plugin.conftest import HostFactory
from tests.plugin.host import Host
from tests.plugin.tracing import Json, calls_of, events_of, remote, trace_id, traceparent
from tests.plugin.tracing import Path as Places
from tests.plugin.vectors import FILE, MESSAGE, SESSION, SPAN, written

VECTORS = json.loads(FILE.read_text(encoding="utf-8"))
TURN = {"kind": "session", "session": SESSION, "uid": MESSAGE}


@pytest.fixture(scope="module")
def one(opencode: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host that each of these tests may use: what they ask leaves nothing behind."""
    host = Host(folder=tmp_path_factory.mktemp("host"), runtime=opencode).start()
    yield host
    host.stop()


def context(host: Host, where: Json | None = None, **environ: str) -> Json:
    """Ask for the trace context of a place (a turn) under an environment."""
    return host.call("context", env=environ, subcommand="serve", where=where or TURN)


def test_the_vectors_follow_from_the_rules() -> None:
    """The file is what `python -m tests.plugin.vectors` writes."""
    assert written() == FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("row", VECTORS["spans"], ids=lambda row: row["kind"])
def test_a_span_has_its_id(one: Host, row: Json) -> None:
    """The id of a span is a hash of its kind, its session and its uid."""
    where = {"kind": row["kind"], "session": row["session_id"], "uid": row["uid"]}

    assert row["span_id"] == context(one, where)["traceparent"].split("-")[2]


@pytest.mark.parametrize("row", VECTORS["traces"], ids=lambda row: row["session_id"])
def test_a_trace_has_its_id(one: Host, row: Json) -> None:
    """The id of a trace is a hash of the outermost turn's session and user message."""
    turn = {"kind": "session", "session": row["session_id"], "uid": row["message_id"]}
    inner = {"kind": "tool", "session": "ses_other", "uid": "msg:call", "above": turn}

    assert row["trace_id"] == context(one, inner)["traceparent"].split("-")[1]


@pytest.mark.parametrize("row", VECTORS["traceparents"], ids=lambda row: row["text"][:60])
def test_a_parent_from_outside_is_read_by_the_letter(one: Host, row: Json) -> None:
    """A valid one names the trace and says whether it is sampled, an invalid one is as good as none."""
    text, expected = row["text"], row["remote"]
    told = context(one, OPENCODE_TRACEPARENT=text)
    off = context(one, OPENCODE_TRACEPARENT=text, OTEL_TRACES_EXPORTER="none")

    assert (expected is None) == ("traceparent" not in off)
    if expected is None:
        assert traceparent((("session", SESSION, MESSAGE),)) == told["traceparent"]
    elif expected["is_sampled"]:
        assert f"00-{expected['trace_id']}" == told["traceparent"][:35]
        assert text == off["traceparent"]
    else:
        assert text == told["traceparent"]


def test_each_ratio_decides_as_the_rules_say(one: Host) -> None:
    """A trace is sampled when the lower half of its id is below the ratio's share of 2^64."""
    decisions = {}
    for row in VECTORS["ratios"]:
        told = context(
            one,
            OTEL_TRACES_SAMPLER="traceidratio",
            OTEL_TRACES_SAMPLER_ARG=row["ratio"],
            OPENCODE_TRACEPARENT=f"00-{row['trace_id']}-{SPAN}-00",
        )
        decisions[row["ratio"], row["trace_id"]] = told["traceparent"][-2:] == "01"

    assert {(row["ratio"], row["trace_id"]): row["is_sampled"] for row in VECTORS["ratios"]} == decisions


@pytest.mark.parametrize("row", VECTORS["samplers"], ids=lambda row: str(row["environ"]))
def test_the_sampler_decides_for_the_trace(one: Host, row: Json) -> None:
    """Flag 01 for a sampled trace; one that its parent leaves out passes the parent on."""
    environ = row["environ"]
    parent = remote(environ.get("OPENCODE_TRACEPARENT", ""))
    told = context(one, **environ)["traceparent"]

    assert ("01" if row["is_sampled"] else "00") == told[-2:]
    assert (parent["trace_id"] if parent else trace_id(SESSION, MESSAGE)) == told[3:35]


@pytest.mark.parametrize(
    ("sampler", "argument"),
    [
        ("nonsense", None),
        ("", "0"),
        ("traceidratio", "2"),
        ("traceidratio", "x"),
        ("parentbased", "0"),
    ],
)
def test_a_sampler_that_is_not_known_is_the_default(one: Host, sampler: str, argument: str | None) -> None:
    """Every trace is sampled when nothing valid says otherwise."""
    environ = {"OTEL_TRACES_SAMPLER_ARG": argument} if argument else {}

    assert "01" == context(one, OTEL_TRACES_SAMPLER=sampler, **environ)["traceparent"][-2:]


def test_a_sampler_is_named_in_any_case(one: Host) -> None:
    """The name is read as OpenTelemetry reads it."""
    assert "00" == context(one, OTEL_TRACES_SAMPLER=" Always_Off ")["traceparent"][-2:]


def test_each_shell_of_each_recording_is_told_its_span(new_host: HostFactory) -> None:
    """The plugin tells each tool call of each recording what the vectors have."""
    host = new_host().start()

    assert VECTORS["recordings"] == {name: replayed(host, name) for name in VECTORS["recordings"]}


def nearest(path: Places, disabled: Sequence[str]) -> Places:
    """Return the path to the nearest span whose type is on."""
    types = {"compaction": "session"}
    while path and types.get(path[-1][0], path[-1][0]) in disabled:
        path = path[:-1]
    return path


@pytest.mark.parametrize("disabled", ["tool", "tool,llm", "tool,session"])
def test_each_shell_of_each_recording_is_told_its_nearest_span(new_host: HostFactory, disabled: str) -> None:
    """With types of spans off, a shell is below the next one outwards."""
    host = new_host().start()
    for name in VECTORS["recordings"]:
        expected = {}
        for call, path in calls_of(RECORDINGS / f"{name}.ndjson"):
            found = nearest(path, disabled.split(","))
            span = found[-1:]
            expected[call] = traceparent((path[0], *span)) if span else None

        assert expected == replayed(host, name, OPENCODE_DISABLE_TRACES=disabled)


def replayed(host: Host, name: str, **environ: str) -> Json:
    """Play a recording to a plugin of its own and return what each tool call's shell was told."""
    began_ms, lines = events_of(RECORDINGS / f"{name}.ndjson")
    uptime_ms = lines[0]["t"] - began_ms
    instance = host.call("core", env=environ, at=lines[0]["t"], uptime_ms=uptime_ms)["instance"]
    told: Json = host.call("replay", instance=instance, lines=lines)["told"]
    return told
