"""What a profile is made of: rules that say how one row's attributes, unit and name are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from otel_agent.signals.attributes import known
from otel_agent.signals.model import Attributes, AttributeValue

Read = Callable[[Mapping[str, AttributeValue]], AttributeValue | None]
"""Makes one attribute of those that the tables give; None leaves it out."""


def _nothing(_fact: Any) -> Mapping[str, AttributeValue | None]:  # noqa: ANN401 - each row has its fact
    """Tell nothing beside what the tables give."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a profile changes of attributes: those that it makes anew, and those that it leaves out.

    `told` reads more of the fact than the tables give.
    """

    told: Callable[[Any], Mapping[str, AttributeValue | None]] = _nothing
    derived: Mapping[str, Read] = field(default_factory=dict[str, Read])
    without: frozenset[str] = frozenset()

    def written(self, attributes: Attributes) -> Attributes:
        """Return attributes as the profile writes them."""
        if not self.derived and not self.without:
            return attributes
        gone = self.without | self.derived.keys()
        kept = {key: value for key, value in attributes.items() if key not in gone}
        return {**kept, **known({key: read(attributes) for key, read in self.derived.items()})}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRules(Rules):
    """What a profile changes of one log event; `is_told` replaces the row's own.

    `details` may leave only with OPENCODE_LOG_TOOL_DETAILS; else what is read instead stands in their place.
    """

    is_told: Callable[[Any], bool] | None = None
    details: Mapping[str, Read] = field(default_factory=dict[str, Read])

    def without_details(self, attributes: Attributes) -> Attributes:
        """Return written attributes as they are where tool details may not leave."""
        kept = {key: value for key, value in attributes.items() if key not in self.details}
        told = {key: read(attributes) for key, read in self.details.items() if key in attributes}
        return {**kept, **known(told)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRules(Rules):
    """What a profile changes of one instrument; an observation with an `uncounted` attribute is left out.

    Two observations that are written alike add up in one series, whatever the temporality.
    """

    unit: str | None = None
    uncounted: Mapping[str, AttributeValue] = field(default_factory=dict[str, AttributeValue])

    def is_counted(self, attributes: Attributes) -> bool:
        """Tell whether an observation counts, by its attributes as the tables give them."""
        return not any(attributes.get(key) == value for key, value in self.uncounted.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How facts are written; it changes no sum but what `uncounted` says. `shared` come before a row's."""

    service_name: str
    metrics_scope: str
    events_scope: str
    body_prefix: str = ""
    has_severity: bool = True
    copies_standard_attributes: bool = False
    shared: Rules = field(default_factory=Rules)
    metrics: Mapping[str, MetricRules] = field(default_factory=dict[str, MetricRules])
    events: Mapping[str, EventRules] = field(default_factory=dict[str, EventRules])


def same(key: str) -> Read:
    """Return the reader of another attribute's value."""
    return lambda attributes: attributes.get(key)


def text(key: str) -> Read:
    """Return the reader of a value as a string; a boolean is "true" or "false"."""

    def read(attributes: Mapping[str, AttributeValue]) -> str | None:
        value = attributes.get(key)
        if value is None:
            return None
        return str(value).lower() if isinstance(value, bool) else str(value)

    return read


def either(key: str, otherwise: AttributeValue) -> Read:
    """Return the reader of a value, with another one where there is none."""
    return lambda attributes: attributes.get(key, otherwise)


def fixed(value: str | None) -> Read:
    """Return the reader that says the same of every value; None leaves the attribute out."""
    return lambda _attributes: value


def added(*keys: str) -> Read:
    """Return the reader of the sum of numbers, of which some may be absent."""

    def read(attributes: Mapping[str, AttributeValue]) -> AttributeValue | None:
        numbers = [attributes[key] for key in keys if key in attributes]
        return sum(number for number in numbers if not isinstance(number, str)) if numbers else None

    return read


def worded(key: str, words: Mapping[str, str]) -> Read:
    """Return the reader of a value in other words; a word without another stays."""

    def read(attributes: Mapping[str, AttributeValue]) -> AttributeValue | None:
        value = attributes.get(key)
        return words.get(value, value) if isinstance(value, str) else value

    return read
