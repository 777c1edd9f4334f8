"""An agent delivers a recording to each vendor, by that vendor's variables, in the form that it takes."""

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from otel_agent.destinations.harness import FILE
from otel_agent.sink.spans import Span
from tests import journals, pipelines
from tests.agents import World
from tests.destinations.contracts import JSON, PROTOBUF
from tests.destinations.server import Vendor, unpacked
from tests.destinations.users import journal, viewed
from tests.destinations.vendors import CASES, KEY

TRANSPORT = frozenset({"accept", "accept-encoding", "connection", "content-length", "host", "user-agent"})
BRIEF_S = 2.0
WORDS = {
    "prompt": "scenario:commit",
    "answer": "Committed.",
    "details": "git rev-parse",
    "content": "32c14a86a1",
}
"""What a person, a model and a tool wrote in the recording."""
NOBODY = "http://127.0.0.1:9"
OBSERVED = ("user.id", "user_id", "vcs.", "repository", "branch")
"""What an agent finds out by itself, here and not where the recording was made."""


def told(spans: Iterable[Span]) -> list[tuple[object, ...]]:
    """Return what spans say, in one order, but for what an agent finds out."""
    return sorted(
        (
            span.span_id,
            span.name,
            str(span.parent_id),
            sorted(str(pair) for pair in span.attributes.items() if not is_observed(pair[0])),
        )
        for span in spans
    )


def is_observed(key: str) -> bool:
    """Tell whether an attribute says what an agent finds out."""
    return any(part in key for part in OBSERVED)


def expected(folder: Path, name: str, environ: Mapping[str, str]) -> list[tuple[object, ...]]:
    """Return what a recording's spans say when nobody sends them anywhere."""
    made = journals.make(folder / "1-1-a", "run_content")
    return told(pipelines.finished(made, viewed(environ).settings[name]).spans)


@pytest.mark.parametrize("name", CASES)
def test_recording_arrives_whole(name: str, world: World, tmp_path: Path) -> None:
    """Every span once, and the vendor refuses nothing."""
    with Vendor(CASES[name].contract) as vendor:
        environ = CASES[name].environ(vendor.url)
        code, said = world.run(journal(world, environ))

        assert (0, "", []) == (code, said, [answer for _, answer in vendor.refused])
        assert expected(tmp_path, name, environ) == told(vendor.spans)


@pytest.mark.parametrize("name", CASES)
def test_requests_are_in_the_vendors_form(name: str, world: World) -> None:
    """The headers are the vendor's and no others, the path is its own, the content is of its type."""
    case = CASES[name]
    form = {"content-type": JSON} if case.is_json else {"content-type": PROTOBUF, "content-encoding": "gzip"}
    with Vendor(case.contract) as vendor:
        world.run(journal(world, case.environ(vendor.url)))

    assert vendor.taken
    for asked in vendor.taken:
        own = {key: text for key, text in asked.headers.items() if key not in TRANSPORT}
        assert ("POST", case.contract.path, {**form, **case.headers}) == (asked.method, asked.path, own)


def test_all_at_once_get_the_same_traces(world: World) -> None:
    """One journal, every vendor: each has the same spans by their ids, in its own words."""
    with ExitStack() as stack:
        running = {name: stack.enter_context(Vendor(case.contract)) for name, case in CASES.items()}
        environ = {
            key: text for name, case in CASES.items() for key, text in case.environ(running[name].url).items()
        }
        code, said = world.run(journal(world, environ, "run_subagent"))

        ids = {name: sorted(span.span_id for span in vendor.spans) for name, vendor in running.items()}
        assert (0, "") == (code, said)
        assert dict.fromkeys(CASES, ids["phoenix"]) == ids
        assert [] == [vendor.refused for vendor in running.values() if vendor.refused]


def test_vendor_that_is_away_is_in_nobodys_way(world: World) -> None:
    """The others have everything; what it lacks waits."""
    with Vendor(CASES["langfuse"].contract) as vendor:
        environ = {**CASES["langfuse"].environ(vendor.url), **CASES["phoenix"].environ(NOBODY)}
        folder = journal(world, environ)
        world.run(folder, drain_s=BRIEF_S)

        assert (True, []) == (folder.exists(), vendor.refused)
        assert expected(world.root / "again", "langfuse", environ) == told(vendor.spans)


@pytest.mark.parametrize("name", CASES)
def test_refused_key_keeps_everything(name: str, world: World) -> None:
    """A vendor with another key takes nothing, and nothing is lost."""
    case = CASES[name]
    with Vendor(case.contract) as vendor:
        environ = {key: "another" if text == KEY else text for key, text in case.environ(vendor.url).items()}
        folder = journal(world, environ)
        world.run(folder, drain_s=BRIEF_S)

        assert (True, []) == (folder.exists(), vendor.taken)
        assert {401, 403} >= {answer.status for _, answer in vendor.refused}
        assert vendor.refused


@pytest.mark.parametrize(
    ("name", "environ", "arrived"),
    [
        ("phoenix", {}, {"prompt", "answer", "details", "content"}),
        ("phoenix", {"ARIZE_LOG_PROMPTS": "false"}, {"details", "content"}),
        ("phoenix", {"ARIZE_LOG_TOOL_DETAILS": "false"}, {"prompt", "answer", "content"}),
        ("arize", {"ARIZE_LOG_TOOL_CONTENT": "false"}, {"prompt", "answer", "details"}),
        ("inference", {"CATALYST_REDACT_CONTENT": "true"}, set[str]()),
        ("langfuse", {"OPENCODE_LANGFUSE_CAPTURE_LEVEL": "metadata"}, set[str]()),
        ("braintrust", {"OPENCODE_CAPTURE_LEVEL": "details"}, {"details"}),
    ],
)
def test_words_that_are_kept_back_do_not_arrive(
    name: str, environ: Mapping[str, str], arrived: set[str], world: World
) -> None:
    """By the vendor's own flags or by ours; the spans themselves do."""
    with Vendor(CASES[name].contract) as vendor:
        world.run(journal(world, {**CASES[name].environ(vendor.url), **environ}))

    sent = "".join(unpacked(asked).decode(errors="replace") for asked in vendor.taken)
    assert arrived == {kind for kind, word in WORDS.items() if word in sent}
    assert 4 == len(vendor.spans)


def test_file_of_arizes_tracing_leads_to_its_target(world: World) -> None:
    """Its key is sent, and stands in no file of ours."""
    with Vendor(CASES["phoenix"].contract) as vendor:
        file = world.root / "config.json"
        harness = {"target": "phoenix", "endpoint": vendor.url, "api_key": KEY, "project_name": "mine"}
        file.write_text(json.dumps({"harnesses": {"opencode": harness}}), encoding="utf-8")
        file.chmod(0o600)
        folder = journal(world, {FILE: str(file)})
        said = (folder / "0.ndjson").read_text(encoding="utf-8")
        code = world.run(folder)

    assert ((0, ""), 4) == (code, len(vendor.spans))
    assert {"mine"} == {asked.headers["x-project-name"] for asked in vendor.taken}
    assert KEY not in said + world.log()
