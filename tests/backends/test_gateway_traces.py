"""The gateway keeps the traces that somebody will look at, each whole or not at all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from otel_agent.sink.server import Sink
from otel_agent.sink.spans import Span
from tests.backends.gateways import gateway, lately, send, settled, telemetry

MIXED = (
    "run_simple",
    "run_tools",
    "run_e401",
    "run_e429",
    "run_slow_shell",
    "run_subagent",
    "demo",
    "serve_abort",
)
ERROR = 2
FROM_MS = 4000
FROM_USD = 0.05
Traces = Mapping[str, frozenset[str]]
"""Span ids by trace id."""


def traces(spans: Iterable[Span]) -> Traces:
    """Give the spans of each trace."""
    found: dict[str, set[str]] = defaultdict(set)
    for span in spans:
        found[span.trace_id].add(span.span_id)
    return {trace: frozenset(ids) for trace, ids in found.items()}


def reasons(spans: Iterable[Span]) -> set[str]:
    """Give why a trace is to be kept."""
    rows = list(spans)
    lasted_ns = max(span.end_ns for span in rows) - min(span.start_ns for span in rows)
    told = {
        "error": any(span.status == ERROR for span in rows),
        "slow": lasted_ns >= FROM_MS * 1_000_000,
        "expensive": any(float(str(span.attributes.get("total_cost_usd", 0))) >= FROM_USD for span in rows),
    }
    return {reason for reason, holds in told.items() if holds}


def by_trace(spans: Iterable[Span]) -> Mapping[str, list[Span]]:
    """Sort spans into their traces."""
    found: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        found[span.trace_id].append(span)
    return found


@pytest.mark.parametrize("share", ["0", "100"])
def test_errors_slow_and_expensive_ones_are_kept(tmp_path: Path, share: str) -> None:
    """Of the rest a share, here none and all; what is kept has every span that the agent sent."""
    files = [lately(name, tmp_path / "files") for name in MIXED]
    limits = {"KEEP_FROM_MS": str(FROM_MS), "KEEP_FROM_USD": str(FROM_USD), "KEEP_PERCENT": share}
    with Sink() as plain:
        for file in files:
            send(file, tmp_path / "plain", telemetry(plain.http_url, "http/protobuf"))
        sent = by_trace(plain.spans())
    why = {trace: reasons(spans) for trace, spans in sent.items()}
    expected = traces(span for trace, spans in sent.items() if why[trace] or share == "100" for span in spans)
    assert {"error", "slow", "expensive"} == set.union(*why.values())
    assert set() in why.values()

    with gateway(tmp_path, **limits) as it:
        for file in files:
            assert send(file, tmp_path, it.telemetry()).is_delivered
        decided = "otelcol_processor_tail_sampling_global_count_traces_sampled"
        assert len(sent) == settled(lambda: it.collector.count(decided), len(sent))

        assert expected == settled(lambda: traces(it.sink.spans()), expected)
