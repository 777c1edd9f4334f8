"""Every board in Grafana's own types: nothing of a file is unknown to them, nothing is lost in them.

https://github.com/grafana/grafana-foundation-sdk
"""

import json
import re
from typing import Any, Final

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from otel_agent.dashboards.grafana import provisioning
from otel_agent.dashboards.render import FOLDERS
from otel_agent.dashboards.variant import variant_of
from otel_agent.delivery import Temporality
from tests.backends.test_linter import Json, every_board

UNKNOWN: Final = {
    ".annotations.list[].step": "the Prometheus data source's own, for annotations",
    ".annotations.list[].titleFormat": "the same",
    ".annotations.list[].textFormat": "the same",
    ".templating.list[].definition": "what the variables' settings show of a query; Grafana writes it itself",
}
"""What Grafana reads and its published types do not have."""


def paths(value: Any, at: str = "") -> dict[str, Any]:  # noqa: ANN401 (any JSON)
    """Return every scalar of a value by its path."""
    if isinstance(value, dict):
        return {
            path: one for key, inner in value.items() for path, one in paths(inner, f"{at}.{key}").items()
        }
    if isinstance(value, list):
        return {
            path: one for key, inner in enumerate(value) for path, one in paths(inner, f"{at}[{key}]").items()
        }
    return {at: value}


@every_board
def test_board_goes_through_grafanas_types_unchanged(board: Json) -> None:
    """Read into the types of its panels and data sources, and written again, everything is still there."""
    register_default_plugins()
    again = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(board)))

    lost = paths(board).items() - paths(again).items()
    assert UNKNOWN.keys() >= {re.sub(r"\[\d+\]", "[]", path) for path, _value in lost}


@pytest.mark.parametrize("prefix", FOLDERS)
def test_provisioning_files_are_what_grafana_reads(prefix: str) -> None:
    """Lists under their names, with the keys of Grafana's documentation of provisioning."""
    variant = variant_of(prefix, None, Temporality.CUMULATIVE)
    sources = yaml.safe_load(provisioning.datasources(variant))
    providers = yaml.safe_load(provisioning.dashboards(variant))

    assert ({"apiVersion", "datasources"}, {"apiVersion", "providers"}) == (set(sources), set(providers))
    assert ["prometheus", "loki", "tempo"] == [one["type"] for one in sources["datasources"]]
    assert {"name", "uid", "type", "access", "url", "jsonData"} == {
        key for one in sources["datasources"] for key in one
    }
    assert {"path"} == set(providers["providers"][0]["options"])
