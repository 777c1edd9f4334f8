"""The SDK's private names: a release that moves them fails here first."""

import inspect

from otel_agent.exporter import sdk


def test_log_encoder_takes_readable_records() -> None:
    """`encode_logs` makes a request message of a sequence of readable records."""
    assert ["batch"] == list(inspect.signature(sdk.encode_logs).parameters)
    assert b"" == sdk.encode_logs([]).SerializeToString()


def test_readable_record_has_the_parts_that_are_encoded() -> None:
    """A readable record is made of a record, its resource and its scope."""
    parameters = inspect.signature(sdk.ReadableLogRecord).parameters

    assert {"log_record", "resource", "instrumentation_scope"} <= parameters.keys()


def test_log_record_has_an_event_name() -> None:
    """The event's name is a field of the record, no attribute."""
    assert "event_name" in inspect.signature(sdk.LogRecord).parameters


def test_severities_have_the_numbers_of_the_data_model() -> None:
    """As https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber has them."""
    assert (9, 17) == (sdk.SeverityNumber.INFO.value, sdk.SeverityNumber.ERROR.value)
