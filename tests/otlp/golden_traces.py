"""What arrives of a recording as spans, in every profile: the decoded requests as JSON, one span a line.

`python -m tests.otlp.golden_traces` writes the expectations anew; what has changed is to be read.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from otel_agent.replay import unpack
from otel_agent.settings import TraceProfile
from otel_agent.sink.spans import Span
from tests.pipelines import finished, settings_of

FOLDERS = (Path(__file__).parents[1] / "recordings", Path(__file__).parent / "recordings")
RECORDINGS = {path.stem: path for folder in FOLDERS for path in sorted(folder.glob("*.ndjson"))}
EXPECTED = Path(__file__).parent / "traces"
WITH_CONTENT = frozenset({"run_content"})
"""The recordings that were made with everything captured."""
OF_VENDORS = frozenset(
    {
        TraceProfile.ARIZE,
        TraceProfile.BRAINTRUST,
        TraceProfile.INFERENCE,
        TraceProfile.LANGFUSE,
        TraceProfile.LANGSMITH,
        TraceProfile.MLFLOW,
    }
)
"""Profiles that are others with a vendor's own words: they are written down for a few recordings."""
FOR_VENDORS = frozenset({"run_content", "run_e401", "run_subagent", "serve_compact"})
CAPTURED = ("PROMPTS", "RESPONSES", "TOOL_DETAILS", "TOOL_CONTENT")
KINDS = {1: "internal", 3: "client"}
STATUSES = {0: "unset", 2: "error"}
NS_PER_MS = 1_000_000


def environ_of(recording: str, profile: TraceProfile) -> dict[str, str]:
    """Return the environment in which a recording is replayed."""
    captured = CAPTURED if recording in WITH_CONTENT else ()
    return {"OPENCODE_TRACE_PROFILE": profile.value, **{f"OPENCODE_LOG_{name}": "1" for name in captured}}


def profiles_of(recording: str) -> list[TraceProfile]:
    """Return the profiles in which a recording is written down."""
    return [each for each in TraceProfile if recording in FOR_VENDORS or each not in OF_VENDORS]


def spans_of(recording: str, profile: TraceProfile) -> list[Span]:
    """Return the spans of a recording in the order in which they are sent."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "1-1-a"
        unpack(RECORDINGS[recording], folder)
        return finished(folder, settings_of(**environ_of(recording, profile))).spans


def rendered(recording: str) -> str:
    """Return a recording's spans in all profiles as JSON that people read."""
    found = {profile: spans_of(recording, profile) for profile in profiles_of(recording)}
    resource = next((span.resource for spans in found.values() for span in spans), {})
    profiles = ",\n".join(_profile(profile, spans) for profile, spans in found.items())
    return f'{{"resource": {_line(resource)},\n{profiles}}}\n'


def _profile(profile: TraceProfile, spans: list[Span]) -> str:
    """Return the spans of one profile; what all of them say alike is written once."""
    alike = dict(_alike(spans))
    rows = ",\n".join(_line(_row(span, alike)) for span in spans)
    scopes = sorted({span.scope for span in spans})
    return f'"{profile}": {{"scopes": {_line(scopes)}, "alike": {_line(alike)}, "spans": [\n{rows}]}}'


def _alike(spans: Iterable[Span]) -> Iterator[tuple[str, object]]:
    """Yield the attributes that every span has with one value."""
    rows = [span.attributes for span in spans]
    for key, value in rows[0].items() if rows else ():
        if all(key in row and row[key] == value for row in rows):
            yield key, value


def _row(span: Span, alike: Mapping[str, object]) -> dict[str, object]:
    """Return one span, without what it does not have; times are milliseconds."""
    row: dict[str, object] = {
        "name": span.name,
        "kind": KINDS[span.kind],
        "trace": span.trace_id,
        "span": span.span_id,
        "parent": span.parent_id,
        "start": span.start_ns // NS_PER_MS,
        "end": span.end_ns // NS_PER_MS,
        "attributes": {key: value for key, value in span.attributes.items() if key not in alike},
        "status": [STATUSES[span.status], span.status_message] if span.status else None,
        "events": [[event.name, event.time_ns // NS_PER_MS, event.attributes] for event in span.events],
        "links": [list(link) for link in span.links],
    }
    return {key: value for key, value in row.items() if value not in (None, "", [])}


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    for name in RECORDINGS:
        (EXPECTED / f"{name}.json").write_text(rendered(name), encoding="utf-8")
