"""Datadog's files: its own client reads all of them, with nothing left over."""

from pathlib import Path
from typing import Any

import pytest
from datadog_api_client.v1.model.dashboard import Dashboard
from datadog_api_client.v1.model.monitor import Monitor

from otel_agent.dashboards.datadog.files import datadog_files
from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality
from tests.dashboards.datadog.models import read, unknown, written

Json = dict[str, Any]

ALL = [
    pytest.param(path, value, id=f"{prefix}{path}")
    for prefix in ("opencode.", "claude_code.", "acme.ai.")
    for path, value in datadog_files(variant_of(prefix, None, Temporality.DELTA))
]


@pytest.mark.parametrize(("path", "value"), ALL)
def test_client_knows_every_field(path: Path, value: Json) -> None:
    """The client finds a model and a field for everything, and would send the same back."""
    found = read(value, Monitor if path.parent.name == "monitors" else Dashboard)

    assert [] == list(unknown(found))
    assert value == written(found)


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ({"type": "query_valu"}, "unparsed"),
        ({"type": "note", "content": "A", "contents": "B"}, "no such field"),
    ],
)
def test_a_mistake_would_be_found(broken: Json, expected: str) -> None:
    """An unknown widget and a misspelt field are told of."""
    dashboard = {"title": "A", "layout_type": "ordered", "widgets": [{"definition": broken}]}

    assert expected in " ".join(unknown(read(dashboard, Dashboard)))
