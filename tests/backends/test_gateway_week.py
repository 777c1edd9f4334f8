"""A team's week through the gateway: what the Grafana boards show is what happened."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality
from otel_agent.profiles import DEFAULT_PREFIX
from otel_agent.settings import parse
from otel_agent.sink.server import Sink
from tests.backends.collector import DEPLOY, Collector, needed_collector
from tests.backends.filled import INCLUDED, Filled
from tests.backends.gateways import PROTOCOLS, backends, telemetry
from tests.backends.grafana import Grafana, boards, by_labels
from tests.backends.loki import Loki
from tests.backends.prometheus import serve_prometheus
from tests.backends.shown import NUMBERS, OPENCODE, RANGES, Shown, exactly, happened, question
from tests.backends.truth import lived
from tests.backends.week import week
from tests.backends.working import work
from tests.e2e.waiting import wait_until

ANY_AGE = "876000h"
"""The week is one of the past."""
BOARDS = (Temporality.CUMULATIVE, Temporality.DELTA)
ADDED = "otelcol_deltatocumulative_datapoints"
NO_LOKI = Loki(url="http://127.0.0.1:9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The week behind a gateway."""

    filled: Filled
    collector: Collector


@pytest.fixture(scope="module", params=list(BOARDS))
def gone_week(
    request: pytest.FixtureRequest, prometheus_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Week]:
    """Every journal of the week, over each protocol in turn, with cumulative and with delta points."""
    temporality: Temporality = request.param
    folder = tmp_path_factory.mktemp("week")
    with ExitStack() as stack:
        prometheus = stack.enter_context(serve_prometheus(prometheus_binary, tmp_path_factory.mktemp("p")))
        sink = stack.enter_context(Sink())
        port = int(prometheus.url.rpartition(":")[2])
        environ = backends(port, sink, MAX_AGE=ANY_AGE)
        files = [DEPLOY / "gateway.yaml"]
        collector = stack.enter_context(Collector(needed_collector(), files, folder / "collector", environ))
        filled = fill(collector, Grafana(prometheus=prometheus, loki=NO_LOKI), temporality, folder)
        wait_until(lambda: has_passed_on(collector), what="the last points")
        yield Week(filled=filled, collector=collector)


def fill(collector: Collector, grafana: Grafana, temporality: Temporality, folder: Path) -> Filled:
    """Let agents work through the week."""
    written = folder / "written"
    written.mkdir()
    done, journals = [], week()
    for number, journal in enumerate(journals):
        protocol = PROTOCOLS[number % len(PROTOCOLS)]
        more = {
            "OPENCODE_OTLP_METRICS_TEMPORALITY": temporality.value,
            "OPENCODE_METRICS_INCLUDE": INCLUDED,
        }
        settings = parse({"HOME": "/home/dev", **telemetry(collector.url(protocol), protocol, **more)})
        done.append(work(journal, settings, folder))
    return Filled(
        variant=variant_of(DEFAULT_PREFIX, None, temporality),
        grafana=grafana,
        days=tuple(lived(journal, written) for journal in journals),
        done=tuple(done),
    )


def has_passed_on(collector: Collector) -> bool:
    """Tell whether Prometheus has every point that came in, but those that came late for their series."""
    late = sum(value for labels, value in collector.series(ADDED) if "error" in labels)
    passed = collector.count("otelcol_exporter_sent_metric_points")
    return passed + late >= collector.count("otelcol_receiver_accepted_metric_points")


@pytest.mark.parametrize("span", RANGES)
@pytest.mark.parametrize("shown", NUMBERS, ids=lambda one: f"{one.panel} {one.letter}")
def test_number_is_what_happened(gone_week: Week, shown: Shown, span: str) -> None:
    """Over the whole week and over ranges that cut it, with the boards of each temporality."""
    filled = gone_week.filled
    board, asked = question(boards(filled.variant, **OPENCODE), shown)

    found = by_labels(filled.grafana.numbers(board, asked, RANGES[span]), *shown.by)

    assert exactly(happened(filled, shown, RANGES[span])) == found


def test_no_point_is_refused_on_the_way(gone_week: Week) -> None:
    """Neither by the receiver, nor as one that came late for its series, nor by Prometheus."""
    collector = gone_week.collector
    late = [labels for labels, _ in collector.series(ADDED) if "error" in labels]
    counters = ("receiver_refused", "receiver_failed", "exporter_send_failed", "exporter_enqueue_failed")

    assert [] == late
    assert 0 == sum(collector.count(f"otelcol_{name}_metric_points") for name in counters)
