"""A board as SigNoz shows it, before it is written in one of its forms."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from otel_agent.dashboards.board import Board, Section
from otel_agent.dashboards.choices import choices, variable
from otel_agent.dashboards.layout import Place, placed
from otel_agent.dashboards.signoz.asking import Asking
from otel_agent.dashboards.signoz.looks import COLUMNS, rows
from otel_agent.dashboards.signoz.panel import Shown, shown
from otel_agent.dashboards.variant import Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A titled section: keys of panels, the panels and their places in it."""

    title: str
    panels: tuple[tuple[str, Shown, Place], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One dashboard; `name` is a DNS label; `choices` are the attributes that its panels are filtered by."""

    name: str
    title: str
    description: str
    tags: tuple[str, ...]
    choices: Mapping[str, str]
    rows: tuple[Row, ...]


def drawn(board: Board, variant: Variant) -> Drawn:
    """Return a board of a variant as SigNoz shows it."""
    offered = choices(board, variant)
    asking = Asking(prefix=variant.prefix, service=variant.service, chosen=tuple(offered))
    sections = tuple(_row(section, asking) for section in board.sections)
    filters = " ".join(
        query.filter for row in sections for _, panel, _ in row.panels for query in panel.queries
    )
    return Drawn(
        name=f"{slug(variant.prefix) or slug(variant.service)}-{board.name}",
        title=board.title,
        description=board.description,
        tags=(variant.service,),
        choices={key: title for key, title in offered.items() if f"${variable(key)}" in filters},
        rows=tuple(row for row in sections if row.panels),
    )


def _row(section: Section, asking: Asking) -> Row:
    """Return a section with the panels that can be shown."""
    return Row(title=section.title, panels=tuple(_panels(section, asking)))


def _panels(section: Section, asking: Asking) -> Iterator[tuple[str, Shown, Place]]:
    """Yield a section's panels with their keys and places."""
    kept = [panel for panel in (shown(panel, asking) for panel in section.panels) if panel]
    laid = placed((panel.panel for panel in kept), COLUMNS, rows)
    for found, (panel, place) in zip(kept, laid, strict=True):
        yield f"{slug(section.title)}-{slug(panel.title)}-{panel.shape}", replace(found, panel=panel), place


def slug(text: str) -> str:
    """Return a text in lower case letters, digits and single dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
