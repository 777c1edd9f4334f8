"""The page that shows OpenCode and Claude Code side by side says what is true of the profile."""

from dataclasses import replace

import pytest

from otel_agent.facts import Fact, Failure, QuerySource
from otel_agent.receiver.testing import MemorySequences
from otel_agent.settings import recorded_names, secret_names
from otel_agent.signals import comparison
from otel_agent.signals.attributes import OPTIONAL_METRIC_ATTRIBUTES
from otel_agent.signals.comparison import WHY, Theirs
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.projector import Projector
from tests.pipelines import settings_of
from tests.signals.samples import CALLED, FACTS, STARTED, origin

OPENED = ContentPolicy(is_prompt_on=True, is_response_on=True, are_tool_details_on=True)
INCLUDED = ",".join(OPTIONAL_METRIC_ATTRIBUTES)
HELPED = replace(CALLED, query_source=QuerySource.SUBAGENT, origin=origin(agent="general"))
REFUSED = replace(HELPED, failure=Failure(name="APIError", message="Rate limit", status_code=429))
BEGUN = replace(STARTED, origin=origin(is_subagent=False))
EVERY: tuple[Fact, ...] = (*FACTS, HELPED, REFUSED, BEGUN)


def projector(content: ContentPolicy) -> Projector:
    """Return a projector in the profile, with every optional attribute."""
    settings = settings_of(OPENCODE_METRIC_PREFIX="claude_code.", OPENCODE_METRICS_INCLUDE=INCLUDED)
    return Projector(settings, MemorySequences(), content)


WRITTEN = [
    one for policy in (ContentPolicy(), OPENED) for fact in EVERY for one in projector(policy).records(fact)
]
MEASURED = [one for fact in EVERY for one in projector(OPENED).measurements(fact, "1.18.33")]


@pytest.mark.parametrize("row", comparison.METRICS, ids=lambda row: row.name)
def test_metric_that_is_called_sent_is_sent(row: Theirs) -> None:
    """With the attributes that the table calls sent, and without the absent ones."""
    found = {key for one in MEASURED if one.suffix == row.name for key in one.attributes}

    assert bool(found) is not bool(row.why_absent)
    assert set() == set(row.sent) - found
    assert set() == set(row.absent) & found


@pytest.mark.parametrize("row", comparison.EVENTS, ids=lambda row: row.name)
def test_event_that_is_called_sent_is_sent(row: Theirs) -> None:
    """With the attributes that the table calls sent, and without the absent ones."""
    found = {key for one in WRITTEN if one.name == f"claude_code.{row.name}" for key in one.attributes}

    assert bool(found) is not bool(row.why_absent)
    assert set() == set(row.sent) - found
    assert set() == set(row.absent) & found


@pytest.mark.parametrize("row", comparison.ATTRIBUTES, ids=lambda row: row.name)
def test_attribute_that_is_called_sent_is_sent(row: Theirs) -> None:
    """Somewhere; and one that is called absent nowhere."""
    found = {key for one in (*WRITTEN, *MEASURED) for key in one.attributes}

    assert (row.name in found) is not bool(row.why_absent)


def test_every_absence_has_its_reason() -> None:
    """What is not sent is explained, and nothing is explained that is sent everywhere."""
    absent = {key for row in (*comparison.METRICS, *comparison.EVENTS) for key in row.absent}

    assert absent == set(WHY)


def test_settings_beside_claude_codes_exist() -> None:
    """Each setting that the table names is one of ours."""
    names = {*recorded_names(), *secret_names()}

    assert set() == set(comparison.VARIABLES.values()) - names
