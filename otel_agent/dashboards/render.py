"""All files of all backends' dashboards; the committed ones are those of the default variants."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.datadog import files as datadog
from otel_agent.dashboards.grafana import dashboard as grafana
from otel_agent.dashboards.grafana import provisioning, rules
from otel_agent.dashboards.honeycomb import script, terraform
from otel_agent.dashboards.honeycomb.boards import board_json
from otel_agent.dashboards.signoz import files as signoz
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality
from otel_agent.profiles import CLAUDE_CODE_PREFIX, DEFAULT_PREFIX

File = tuple[Path, str]
"""A file's path below the folder of its backend, and what is in it."""


FOLDERS: Final[Mapping[str, str]] = {DEFAULT_PREFIX: "", CLAUDE_CODE_PREFIX: "claude_code"}
"""The prefixes whose dashboards the repository holds, and the folder of each below its backend's."""


class Backend(StrEnum):
    """Where dashboards are imported."""

    DATADOG = "datadog"
    GRAFANA = "grafana"
    HONEYCOMB = "honeycomb"
    SIGNOZ = "signoz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """How a backend's files are made, the temporality that it wants, and those that its boards can count."""

    files: Callable[[Variant], Iterator[File]]
    temporality: Temporality
    countable: frozenset[Temporality] = frozenset(Temporality)


def grafana_files(variant: Variant) -> Iterator[File]:
    """Yield Grafana's boards, what it reads at its start, and the rules of Prometheus."""
    made = grafana.renderer(variant)
    for board in boards(variant):
        yield Path(f"{board.name}.json"), as_json(made.dashboard(board))
    yield Path("rules", "recording.yml"), rules.recording(variant)
    yield Path("rules", "alerts.yml"), rules.alerting(variant)
    yield Path("provisioning", "dashboards", "opencode.yaml"), provisioning.dashboards(variant)
    yield Path("provisioning", "datasources", "opencode.yaml"), provisioning.datasources(variant)


def datadog_files(variant: Variant) -> Iterator[File]:
    """Yield Datadog's dashboards and monitors."""
    yield from ((path, as_json(value)) for path, value in datadog.datadog_files(variant))


def signoz_files(variant: Variant) -> Iterator[File]:
    """Yield SigNoz's boards, in both of its forms."""
    yield from ((path, as_json(value)) for path, value in signoz.signoz_files(variant))


def honeycomb_files(variant: Variant) -> Iterator[File]:
    """Yield Honeycomb's boards as its API takes them, the script that makes them, and Terraform."""
    yield Path("apply"), script.text()
    yield Path("terraform/main.tf"), terraform.main_text(variant.service)
    for board in boards(variant):
        made = board_json(board, variant)
        yield Path(f"boards/{board.name}.json"), as_json(made)
        yield Path(f"terraform/{board.name}.tf"), terraform.board_text(made, board.name)


def as_json(value: object) -> str:
    """Return a value as a file is written: indented, ending with its last line."""
    return f"{json.dumps(value, indent=2, ensure_ascii=False)}\n"


NOT_CUMULATIVE: Final = frozenset({Temporality.DELTA, Temporality.LOWMEMORY})

RENDERERS: Final[Mapping[Backend, Renderer]] = {
    Backend.DATADOG: Renderer(files=datadog_files, temporality=Temporality.DELTA, countable=NOT_CUMULATIVE),
    Backend.GRAFANA: Renderer(files=grafana_files, temporality=Temporality.CUMULATIVE),
    Backend.HONEYCOMB: Renderer(
        files=honeycomb_files, temporality=Temporality.DELTA, countable=NOT_CUMULATIVE
    ),
    Backend.SIGNOZ: Renderer(files=signoz_files, temporality=Temporality.DELTA),
}


def bundled() -> Iterator[File]:
    """Yield the files that the repository holds: each backend's, for each bundled prefix."""
    for backend, renderer in RENDERERS.items():
        for prefix, name in FOLDERS.items():
            folder = Path(backend) / name
            for path, text in renderer.files(variant_of(prefix, None, renderer.temporality)):
                yield folder / path, text
