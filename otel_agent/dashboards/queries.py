"""What a panel asks for, in no backend's language: amounts, rates, quantiles and ratios of the tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from otel_agent.signals.instruments import Instrument
from otel_agent.signals.logs import LogEvent


class Presence(Enum):
    """Whether a point has an attribute at all, whatever its value."""

    SET = "set"
    UNSET = "unset"


Filters = Mapping[str, tuple[str, ...] | Presence]
"""Attribute → the values that count."""
_ALL = dict[str, tuple[str, ...] | Presence]
"""Makes filters that leave nothing out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much a counter grew in the dashboard's time range, exactly; by attributes, largest first."""

    of: Instrument
    by: tuple[str, ...] = ()
    where: Filters = field(default_factory=_ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How much a counter grew in each step of the time axis; by attributes."""

    of: Instrument
    by: tuple[str, ...] = ()
    where: Filters = field(default_factory=_ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A quantile (0 to 1) of a histogram's measurements in each step of the time axis; by attributes."""

    of: Instrument
    quantile: float
    by: tuple[str, ...] = ()
    where: Filters = field(default_factory=_ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How often a histogram was measured in the time range; by attributes."""

    of: Instrument
    by: tuple[str, ...] = ()
    where: Filters = field(default_factory=_ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """A gauge's last values in the time range, added up or the largest of them; by attributes."""

    of: Instrument
    by: tuple[str, ...] = ()
    where: Filters = field(default_factory=_ALL)
    is_largest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct:
    """How many different values an attribute had where a counter grew in the time range."""

    of: Instrument
    attribute: str
    where: Filters = field(default_factory=_ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """How many different values an attribute had where a counter grew in each step of the time axis."""

    of: Instrument
    attribute: str
    where: Filters = field(default_factory=_ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One question's number divided by another's, times a factor; 0 to 1 for a share."""

    part: "Number"
    whole: "Number"


@dataclass(frozen=True, slots=True, kw_only=True)
class PerMonth:
    """What an amount of the time range comes to in 30 days at the same pace."""

    of: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The log events themselves, newest first: of some rows of the table or of all, of one session if so."""

    of: tuple[LogEvent, ...] = ()
    is_of_session: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The traces of the chosen session, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """How often a log event was told in each step of the time axis; by attributes."""

    of: LogEvent
    by: tuple[str, ...] = ()


Number = Amount | Measured | Latest | Distinct | PerMonth | Ratio
"""One number, or one for each value of the attributes."""
Line = Growth | Active | Quantile | Occurrences
"""Numbers along the time axis."""
Query = Number | Line | Told | Traced


def attributes_of(query: Query) -> tuple[str, ...]:
    """Return the attributes that a question keeps apart."""
    match query:
        case Amount() | Measured() | Latest() | Growth() | Quantile() | Occurrences():
            return query.by
        case Distinct() | Active() | PerMonth() | Ratio() | Told() | Traced():
            return ()
