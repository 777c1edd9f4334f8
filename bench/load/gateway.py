"""What developers cost the gateway and Prometheus: `python bench/load/gateway.py [--sessions N] [--delta]`.

Sessions are copies of the recordings of `bench/path_cost`, each of another process, folded by the agent's own
pipeline; their requests go to the real Collector with the file of deploy/collector, and on to Prometheus.
Then an hour of steady work is folded as time goes by, for what a developer who works sends.
The exit code is 1 when the tokens in Prometheus are not those of OpenCode's events.
"""

import argparse
import gzip
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import requests

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bench.path_cost.workload import MIX, Template, conversation, copy, mix  # noqa: E402 - found by the line above
from otel_agent.exporter.testing import FakeClock  # noqa: E402
from otel_agent.settings import Settings  # noqa: E402
from tests import journals, pipelines  # noqa: E402
from tests.backends.gateways import MILLISECONDS, RECORDINGS, USER, Gateway, gateway  # noqa: E402
from tests.otlp.happened import happened  # noqa: E402

SENDERS = 8
SPREAD_S = 3600
"""The sessions ended at any time in the last hour."""
OF_A_PERSON = 5
"""How many sessions a person had in it, in one project."""
HOUR_S, CONVERSATION_S, STEP_S = 3600, 240, 5
"""A conversation of two turns in four minutes; log events and spans are sent every five seconds."""
HOURS = 40
WAIT_S = 300.0
MIB = 2**20
SESSION = re.compile(r'"sessionID":"([^"]+)"')
TOKENS = "opencode_token_usage_tokens_total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One OTLP request as it goes over the wire; `stored_bytes` is its size without compression."""

    signal: str
    items: int
    body: bytes
    stored_bytes: int


@dataclass
class Sent:
    """How many requests, items and compressed bytes there were, by signal."""

    requests: Counter[str] = field(default_factory=Counter)
    items: Counter[str] = field(default_factory=Counter)
    wire_bytes: Counter[str] = field(default_factory=Counter)
    stored_bytes: Counter[str] = field(default_factory=Counter)

    def add(self, requests_: Iterable[Request]) -> Self:
        """Count requests."""
        for request in requests_:
            self.requests[request.signal] += 1
            self.items[request.signal] += request.items
            self.wire_bytes[request.signal] += len(request.body)
            self.stored_bytes[request.signal] += request.stored_bytes
        return self

    def rows(self, per: int, of: str) -> Iterator[tuple[str, str]]:
        """Yield the lines of a table, by session or hour."""
        for signal in ("metrics", "logs", "traces"):
            counts = f"{self.requests[signal] / per:.1f} requests, {self.items[signal] / per:.0f} items"
            sizes = [size[signal] / per / 1024 for size in (self.wire_bytes, self.stored_bytes)]
            yield f"{signal} of {of}", f"{counts}, {sizes[0]:.1f} KiB, uncompressed {sizes[1]:.0f} KiB"


def at(text: str, latest_s: float) -> str:
    """Move all times of a journal so that its last one is this."""
    later = int(latest_s * 1000) - max(int(found) for found in MILLISECONDS.findall(text))
    return MILLISECONDS.sub(lambda found: str(int(found[0]) + later), text)


def taken(pipeline: pipelines.Pipeline) -> list[Request]:
    """Take the stored requests for delivered."""
    connection = pipeline.outbox.connection
    found = connection.execute("SELECT signal, items, payload FROM requests ORDER BY id").fetchall()
    connection.execute("DELETE FROM requests")
    return [
        Request(signal=signal, items=items, body=gzip.compress(payload, 6), stored_bytes=len(payload))
        for signal, items, payload in found
    ]


def session(number: int, templates: Sequence[Template], folder: Path, settings: Settings) -> list[Request]:
    """Fold one session of a process and person of its own."""
    text = copy(templates[number // OF_A_PERSON % len(templates)], number).decode()
    text = at(text, time.time() - 60 - number * 7919 % SPREAD_S).replace(
        USER, f"user-{number // OF_A_PERSON:06}"
    )
    journal = folder / f"{number:07}-1-a"
    journal.mkdir(parents=True)
    (journal / "0.ndjson").write_text(f"{journals.header(journal.name)}\n{text}", encoding="utf-8")
    with closing(pipelines.opened(journal, FakeClock(), settings)) as pipeline:
        while pipeline.step():
            continue
        pipeline.finish()
        return taken(pipeline)


def hour(folder: Path, settings: Settings) -> list[Request]:
    """Fold an hour in which OpenCode works all the time in one session, built and sent as time goes by."""
    template, clock = conversation(), FakeClock()
    sent: list[Request] = []
    folder.mkdir()
    file = folder / "0.ndjson"
    file.write_text(f"{journals.header(folder.name)}\n", encoding="utf-8")
    begin_s = time.time() - HOUR_S
    with closing(pipelines.opened(folder, clock, settings)) as pipeline:
        for number in range(HOUR_S // CONVERSATION_S):
            lines = _later(template, number, begin_s + number * CONVERSATION_S)
            steps = CONVERSATION_S // STEP_S
            for step in range(steps):
                part = lines[len(lines) * step // steps : len(lines) * (step + 1) // steps]
                with file.open("a", encoding="utf-8") as journal:
                    journal.write("".join(part))
                while pipeline.step():
                    continue
                clock.advance(STEP_S)
                pipeline.step()
                sent += taken(pipeline)
    return sent


def _later(template: Template, number: int, at_s: float) -> list[str]:
    """Return the lines of two more turns of the same session."""
    first, text = (copy(template, one).decode() for one in (0, number))
    known, new = (SESSION.findall(lines)[0] for lines in (first, text))
    lines = text.replace(new, known).splitlines(keepends=True)
    kept = [
        line for line in lines if number == 0 or ('"event":{' in line and '"session.created"' not in line)
    ]
    return at("".join(kept), at_s).splitlines(keepends=True)


def deliver(everything: Sequence[Sequence[Request]], it: Gateway) -> float:
    """Send all sessions' requests, some sessions at a time; return the seconds until a backend has them."""
    begin_s, before = time.monotonic(), handled(it)
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(lambda one: _deliver(one, it.collector.url("http/protobuf")), everything))
    points = sum(request.items for one in everything for request in one if request.signal == "metrics")
    while handled(it) - before < points:
        if time.monotonic() > begin_s + WAIT_S:
            raise TimeoutError(f"not all of {points} points arrived")
        time.sleep(0.1)
    return time.monotonic() - begin_s


def handled(it: Gateway) -> float:
    """Return how many points the gateway has passed on or refused."""
    added = it.collector.series("otelcol_deltatocumulative_datapoints")
    refused = sum(value for labels, value in added if "error" in labels)
    return it.collector.count("otelcol_exporter_sent_metric_points") + refused


def _deliver(one: Sequence[Request], url: str) -> None:
    """Send one session's requests in their order."""
    headers = {"content-type": "application/x-protobuf", "content-encoding": "gzip"}
    with requests.Session() as link:
        for request in one:
            answer = link.post(f"{url}/v1/{request.signal}", data=request.body, headers=headers, timeout=60)
            answer.raise_for_status()


def told(it: Gateway, name: str) -> float:
    """Return one of Prometheus' own numbers."""
    rows = requests.get(f"{it.prometheus.url}/metrics", timeout=30).text.splitlines()
    return sum(float(row.rpartition(" ")[2]) for row in rows if row.startswith((f"{name} ", f"{name}{{")))


def servers(it: Gateway) -> dict[str, float]:
    """Return what the servers have used and hold."""
    added = it.collector.series("otelcol_deltatocumulative_datapoints")
    return {
        "collector_cpu_s": it.collector.count("otelcol_process_cpu_seconds"),
        "collector_resident": it.collector.count("otelcol_process_memory_rss"),
        "streams": it.collector.count("otelcol_deltatocumulative_streams_tracked"),
        "refused": sum(value for labels, value in added if "error" in labels),
        "prometheus_cpu_s": told(it, "process_cpu_seconds_total"),
        "prometheus_resident": told(it, "process_resident_memory_bytes"),
        "series": told(it, "prometheus_tsdb_head_series"),
        "samples": told(it, "prometheus_tsdb_head_samples_appended_total"),
    }


def busy(it: Gateway, working: Sequence[Request]) -> Iterator[tuple[str, str]]:
    """Yield what an hour of work costs the servers; the same one is sent again for the processor's time."""
    before = servers(it)
    deliver([working], it)
    after = servers(it)
    deliver([working] * (HOURS - 1), it)
    used_s = (servers(it)["collector_cpu_s"] - before["collector_cpu_s"]) / HOURS
    yield "Collector, processor", f"{used_s * 1000:.0f} ms an hour of work"
    yield "Prometheus, series", f"{after['series'] - before['series']:.0f} of an hour of work"
    yield "Prometheus, samples", f"{after['samples'] - before['samples']:.0f} of an hour of work"


def wanted(sessions: int) -> int:
    """Return the tokens of so many sessions, by OpenCode's own events."""
    each = [sum(happened(RECORDINGS / f"{name}.ndjson").sums().tokens.values()) for name in MIX]
    return sum(each[number // OF_A_PERSON % len(each)] for number in range(sessions))


def found(it: Gateway, *, is_delta: bool) -> int:
    """Return the tokens that Prometheus has."""
    grown = f"max_over_time({TOKENS}[3h])" + ("" if is_delta else f" - min_over_time({TOKENS}[3h])")
    return int(it.prometheus.instant(f"sum({grown})", time.time())[0].value)


def rows(it: Gateway, before: dict[str, float], seconds: float, sessions: int) -> Iterator[tuple[str, str]]:
    """Yield the lines about the servers."""
    after = servers(it)
    used = {name: after[name] - before[name] for name in after}
    yield "all delivered after", f"{seconds:.1f} s"
    yield "Collector, processor", f"{used['collector_cpu_s'] / sessions * 1000:.1f} ms a session"
    yield (
        "Collector, resident",
        f"{before['collector_resident'] / MIB:.0f} → {after['collector_resident'] / MIB:.0f} MiB",
    )
    yield "Collector, delta series held", f"{after['streams'] / sessions:.0f} a session"
    yield "Collector, delta points refused", f"{used['refused'] / sessions:.1f} a session"
    yield "Prometheus, processor", f"{used['prometheus_cpu_s'] / sessions * 1000:.1f} ms a session"
    yield (
        "Prometheus, resident",
        f"{before['prometheus_resident'] / MIB:.0f} → {after['prometheus_resident'] / MIB:.0f} MiB",
    )
    yield "Prometheus, series", f"{used['series'] / sessions:.0f} a session"
    yield "Prometheus, samples", f"{used['samples'] / sessions:.0f} a session"


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--delta", action="store_true", help="delta temporality, through deltatocumulative")
    parser.add_argument("--exclude", default="", help="metric attributes that the agent leaves out")
    parser.add_argument("--disable", default="", help="metrics that the agent leaves out")
    return parser.parse_args()


def main() -> int:
    """Measure, print, and say whether every token arrived."""
    chosen = options()
    settings = pipelines.settings_of(
        OPENCODE_OTLP_METRICS_TEMPORALITY="delta" if chosen.delta else "cumulative",
        OPENCODE_EXCLUDE_METRICS_ATTRIBUTES=chosen.exclude,
        OPENCODE_DISABLE_METRICS=chosen.disable,
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder, templates = Path(scratch), mix()
        everything = [session(number, templates, folder, settings) for number in range(chosen.sessions)]
        working = hour(folder / "hour-1-a", settings)
        with gateway(folder / "gateway") as it:
            before = servers(it)
            seconds = deliver(everything, it)
            lines = list(rows(it, before, seconds, chosen.sessions))
            tokens, expected = found(it, is_delta=chosen.delta), wanted(chosen.sessions)
            lines += busy(it, working)
    short = Sent().add(request for of_session in everything for request in of_session)
    parts = (
        *short.rows(chosen.sessions, "a short session"),
        *lines,
        *Sent().add(working).rows(1, "an hour of work"),
    )
    for name, value in (*parts, ("tokens", f"{tokens}, expected {expected}")):
        print(f"{name:34}{value}")
    return int(tokens != expected)


if __name__ == "__main__":
    sys.exit(main())
