"""What a reply says, for any bytes that a server may send."""

import json

import pytest
from google.rpc import status_pb2
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.messages import (
    SERVICES,
    PartialSuccess,
    Status,
    partial_success,
    partial_success_json,
    status,
    status_json,
)
from otel_agent.settings import Signal

SIGNALS = st.sampled_from(list(Signal))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["partialSuccess", "error", "message"]), inner)
    ),
    max_leaves=5,
)


def test_every_signal_has_its_service() -> None:
    """The table has a row for each signal."""
    assert set(SERVICES) == set(Signal)


@pytest.mark.parametrize(
    ("signal", "field"),
    [
        (Signal.METRICS, "rejectedDataPoints"),
        (Signal.LOGS, "rejectedLogRecords"),
        (Signal.TRACES, "rejectedSpans"),
    ],
)
@pytest.mark.parametrize("count", ["3", 3])
def test_each_signal_counts_in_its_own_field(signal: Signal, field: str, count: object) -> None:
    """JSON's 64-bit numbers are strings, but a server may write a number."""
    body = json.dumps({"partialSuccess": {field: count, "errorMessage": "why"}}).encode()

    assert partial_success_json(signal, body) == PartialSuccess(rejected=3, message="why")


@pytest.mark.parametrize("count", ["-1", -1, "9" * 30, "3.5", 3.5, True, None, [], "three", "٣"])
def test_a_count_that_is_none_is_zero(count: object) -> None:
    """What is no count is not counted."""
    body = json.dumps({"partialSuccess": {"rejectedSpans": count}}).encode()

    assert partial_success_json(Signal.TRACES, body) == PartialSuccess()


def test_negative_protobuf_count_is_zero() -> None:
    """A signed field may hold a negative number, which is no count."""
    reply = SERVICES[Signal.LOGS].response()
    reply.partial_success.rejected_log_records = -5  # type: ignore[attr-defined]

    assert partial_success(Signal.LOGS, reply.SerializeToString()) == PartialSuccess()


def test_status_without_details_names_no_time() -> None:
    """The message of a status is read, and no RetryInfo is no time."""
    assert status(status_pb2.Status(message="no").SerializeToString()) == Status(message="no")


def test_deeply_nested_json_is_no_reply() -> None:
    """JSON that is nested deeper than Python follows says nothing."""
    assert status_json(b"[" * 100_000) == Status()


@given(SIGNALS, st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_reply(signal: Signal, body: bytes) -> None:
    """No bytes raise; counts are never negative and messages are texts."""
    for found in (partial_success(signal, body), partial_success_json(signal, body)):
        assert found.rejected >= 0
    for words in (status(body), status_json(body)):
        assert isinstance(words.message, str)
        assert words.retry_after_s is None or words.retry_after_s >= 0
