"""What Grafana reads at its start."""

import re

import pytest

from otel_agent.dashboards.grafana.provisioning import LOGS, METRICS, TRACES, dashboards, datasources
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality
from otel_agent.profiles import CLAUDE_CODE_PREFIX, DEFAULT_PREFIX

PREFIXES = (DEFAULT_PREFIX, CLAUDE_CODE_PREFIX)
OPENCODE, CLAUDE_CODE = (variant_of(prefix, None, Temporality.CUMULATIVE) for prefix in PREFIXES)


def test_data_sources_lead_to_each_other() -> None:
    """From log events to traces, from spans to log events and numbers."""
    text = datasources(OPENCODE)

    assert [METRICS, LOGS, TRACES] == re.findall(r"^    uid: (\S+)", text, re.MULTILINE)
    assert [TRACES, LOGS, METRICS] == re.findall(r"datasourceUid: (\S+)", text)


def test_addresses_come_from_the_environment() -> None:
    """No file has to be edited, and a dollar sign that names no variable is doubled."""
    single = re.findall(r"(?<!\$)\$(?!\$)(\w+)", datasources(OPENCODE) + dashboards(OPENCODE))

    assert {"PROMETHEUS_URL", "LOKI_URL", "TEMPO_URL", "GF_OPENCODE_DASHBOARDS"} == set(single)


@pytest.mark.parametrize(
    ("variant", "service", "metric"),
    [(OPENCODE, "opencode", "opencode_cost_usage"), (CLAUDE_CODE, "claude-code", "claude_code_cost_usage")],
    ids=PREFIXES,
)
def test_links_follow_the_variant(variant: Variant, service: str, metric: str) -> None:
    """A span leads to its own service's log events, and to metrics of the prefix."""
    text = datasources(variant)

    assert f'service_name=\\"{service}\\"' in text
    assert metric in text
