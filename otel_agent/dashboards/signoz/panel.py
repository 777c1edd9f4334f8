"""A panel as SigNoz shows it, before it is written in one of its forms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import Final

from otel_agent.dashboards.adapted import adapted, described, is_of_last_week
from otel_agent.dashboards.board import RANKED, Panel, Shape, Step, Target
from otel_agent.dashboards.queries import (
    Active,
    Distinct,
    Growth,
    Line,
    Number,
    Occurrences,
    Quantile,
    Ratio,
    Told,
    Traced,
    attributes_of,
)
from otel_agent.dashboards.queries import Query as Question
from otel_agent.dashboards.signoz.asking import Asking, Letters
from otel_agent.dashboards.signoz.query import Asked, Formula, Query

STEPS: Final[Mapping[Step, int]] = {Step.FINE: 0, Step.DAY: 86_400}
_COUNTED: Final = "counted in the log events of answered model calls"
_ROOTS: Final = "without those that hang under a CI job's span"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A panel and what it asks; `is_weekly`: it is about the last 7 days, whatever range is chosen."""

    panel: Panel
    queries: tuple[Query, ...]
    formulas: tuple[Formula, ...]
    is_weekly: bool


def shown(panel: Panel, asking: Asking) -> Shown | None:
    """Return a panel as it is shown, or None where SigNoz cannot ask what it shows."""
    kept = adapted(panel).panel
    if kept is None:
        return None
    letters = iter(ascii_uppercase)
    asked = [_sent(kept, target, at, asking, letters) for at, target in enumerate(kept.targets, 1)]
    return Shown(
        panel=described(kept, notes),
        queries=tuple(replace(query, step_s=STEPS[kept.step]) for queries, _ in asked for query in queries),
        formulas=tuple(formula for _, formulas in asked for formula in formulas),
        is_weekly=is_of_last_week(kept),
    )


def notes(panel: Panel) -> Iterator[str]:
    """Yield what is other than on the board, beside what `adapted` says."""
    if any(_counts_values(target.query) for target in panel.targets):
        yield _COUNTED
    if panel.shape is Shape.TRACES:
        yield _ROOTS


def _sent(
    panel: Panel, target: Target, at: int, asking: Asking, letters: Letters
) -> tuple[tuple[Query, ...], tuple[Formula, ...]]:
    """Return the queries and formulas of one of a panel's questions."""
    limit = RANKED if panel.shape in {Shape.RANKING, Shape.SHARES} else 0
    match target.query:
        case Told() as query:
            return (asking.told(query, letters),), ()
        case Traced() as query:
            return (asking.traced(query, letters),), ()
        case query:
            return _asked(query, asking, letters).shown(f"F{at}", _legend(target), limit)


def _asked(query: Number | Line, asking: Asking, letters: Letters) -> Asked:
    """Return what a question for numbers comes to."""
    match query:
        case Growth() | Active() | Quantile() | Occurrences():
            return asking.line(query, letters)
        case _:
            return asking.number(query, letters)


def _counts_values(query: Question) -> bool:
    """Tell whether a question counts an attribute's values."""
    match query:
        case Distinct() | Active():
            return True
        case Ratio():
            return _counts_values(query.part) or _counts_values(query.whole)
        case _:
            return False


def _legend(target: Target) -> str:
    """Return a legend, in which `{{attribute}}` stands for an attribute's value."""
    text = target.legend
    for key in attributes_of(target.query):
        text = text.replace(f"{{{key}}}", f"{{{{{key}}}}}")
    return text
