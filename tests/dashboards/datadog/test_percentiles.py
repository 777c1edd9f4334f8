"""Which of Datadog's distributions need percentiles."""

import json
import re

from otel_agent.dashboards.datadog.files import datadog_files
from otel_agent.dashboards.datadog.percentiles import percentile_metrics
from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality


def test_every_percentile_that_is_asked_for_is_listed() -> None:
    """The list is that of the queries that begin with a percentile."""
    variant = variant_of("acme.", None, Temporality.DELTA)
    text = json.dumps([value for _, value in datadog_files(variant)])

    assert sorted(set(re.findall(r'"p\d+:([\w.]+)\{', text))) == percentile_metrics(variant)
