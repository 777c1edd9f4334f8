"""The tables agree with each other: instruments, log events, attributes and facts."""

import inspect
from dataclasses import replace

import pytest

from otel_agent import facts
from otel_agent.facts import Fact
from otel_agent.signals.attributes import (
    CATALOGUE,
    KEYS,
    OPTIONAL_METRIC_ATTRIBUTES,
    Cardinality,
    Sensitivity,
    event_attributes,
    metric_attributes,
)
from otel_agent.signals.catalogue import EVENTS, INSTRUMENTS
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.instruments import Instrument
from otel_agent.signals.logs import LogEvent
from otel_agent.signals.model import Kind
from otel_agent.signals.spans.shape import FACTS as SPANS
from tests.signals.samples import CALLED, FACTS, FAILED, origin

ALL = [*FACTS, replace(CALLED, failure=FAILED.failure)]
CLASSES = [
    kind
    for _, kind in inspect.getmembers(facts, inspect.isclass)
    if issubclass(kind, Fact) and kind is not Fact
]


def test_samples_have_every_class_of_fact() -> None:
    """The facts that these tests measure are all that there are."""
    assert set(CLASSES) == {type(fact) for fact in FACTS}


@pytest.mark.parametrize("kind", CLASSES)
def test_every_fact_says_something(kind: type[Fact]) -> None:
    """A fact that no row and no span is about would be folded for nothing."""
    assert kind in {row.fact for row in (*INSTRUMENTS, *EVENTS)} | SPANS.keys()


@pytest.mark.parametrize(
    "row", [*INSTRUMENTS, *EVENTS], ids=lambda row: getattr(row, "suffix", "") or row.name
)
def test_declared_attributes_are_in_the_catalogue(row: Instrument | LogEvent) -> None:
    """An attribute has a type, a meaning and a sensitivity before a row may use it."""
    assert set(row.attributes) <= KEYS
    assert len(row.attributes) == len(set(row.attributes))


@pytest.mark.parametrize("row", INSTRUMENTS, ids=lambda row: row.suffix)
def test_observations_have_the_declared_attributes_only(row: Instrument) -> None:
    """What an instrument observes has the attributes of its row, all of them, and nothing else."""
    observed = [
        set(attributes) for fact in ALL if isinstance(fact, row.fact) for _, attributes in row.observe(fact)
    ]

    assert observed
    assert [set(row.attributes)] * len(observed) == observed


@pytest.mark.parametrize("row", EVENTS, ids=lambda row: row.name)
def test_events_have_the_declared_attributes_only(row: LogEvent) -> None:
    """What a log event says are the attributes of its row, all of them, and nothing else."""
    policy = ContentPolicy(is_prompt_on=True, is_response_on=True, are_tool_details_on=True)
    read = [set(row.read(fact, policy)) for fact in ALL if isinstance(fact, row.fact) and row.is_told(fact)]

    assert read
    assert [set(row.attributes)] * len(read) == read


@pytest.mark.parametrize("row", INSTRUMENTS, ids=lambda row: row.suffix)
def test_metric_attributes_have_few_values(row: Instrument) -> None:
    """Cardinality is a promise: no instrument has an attribute with unbounded values of its own."""
    high = {attribute.key for attribute in CATALOGUE if attribute.cardinality is Cardinality.HIGH}

    assert set() == high & set(row.attributes)


def test_only_the_session_is_unbounded_on_every_point() -> None:
    """Of what every point has only the session is unbounded, unless the root session is asked for."""
    high = {attribute.key for attribute in CATALOGUE if attribute.cardinality is Cardinality.HIGH}

    default = metric_attributes(origin(), {"user.id", "vcs.repository.name"}, "1.18.33")
    everything = metric_attributes(origin(), OPTIONAL_METRIC_ATTRIBUTES, "1.18.33")

    assert {"session.id"} == high & set(default)
    assert {"session.id", "root_session.id"} == high & set(everything)


def test_shared_attributes_are_in_the_catalogue() -> None:
    """What every point and every event has stands in the catalogue, too."""
    shared = {
        *metric_attributes(origin(), OPTIONAL_METRIC_ATTRIBUTES, "1.18.33"),
        *event_attributes(origin()),
        *OPTIONAL_METRIC_ATTRIBUTES,
    }

    assert shared <= KEYS


def test_persons_are_marked() -> None:
    """What says who worked is marked as identity, what says what was written as content."""
    marked = {attribute.key: attribute.sensitivity for attribute in CATALOGUE}

    assert {"user.id", "user.email"} == {key for key, kind in marked.items() if kind is Sensitivity.IDENTITY}
    assert {"prompt", "response", "tool_parameters"} == {
        key for key, kind in marked.items() if kind is Sensitivity.CONTENT
    }


def test_content_is_on_no_metric() -> None:
    """No instrument has an attribute that holds content."""
    content = {attribute.key for attribute in CATALOGUE if attribute.sensitivity is Sensitivity.CONTENT}

    assert set() == content & {key for row in INSTRUMENTS for key in row.attributes}


def test_names_are_unique() -> None:
    """No two rows of a table have the same name."""
    for names in (
        [row.suffix for row in INSTRUMENTS],
        [row.name for row in EVENTS],
        [attribute.key for attribute in CATALOGUE],
    ):
        assert len(names) == len(set(names))


def test_every_row_is_described() -> None:
    """Each row says in words what it is; a description is no sentence, so it has no full stop."""
    described = [row.description for row in (*INSTRUMENTS, *EVENTS, *CATALOGUE)]

    assert all(described)
    assert [] == [text for text in described if text.endswith(".")]


def test_histograms_and_only_they_have_boundaries() -> None:
    """A histogram has ascending boundaries; nothing else has any."""
    assert [row.suffix for row in INSTRUMENTS if row.kind is Kind.HISTOGRAM] == [
        row.suffix for row in INSTRUMENTS if row.boundaries
    ]
    assert all(list(row.boundaries) == sorted(set(row.boundaries)) for row in INSTRUMENTS)
