"""The sink's reading of OTLP/JSON, which is strict so that it finds our mistakes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.errors import InputError
from otel_agent.settings import Signal
from otel_agent.sink.messages import decode, decode_json


@pytest.mark.parametrize(
    "span",
    [
        {"traceId": "AAECAwQFBgcICQoLDA0ODw=="},
        {"traceId": "zz" * 16},
        {"spanId": "00" * 16},
        {"spanId": 5},
        {"kind": "SPAN_KIND_CLIENT"},
        {"unknownField": 1},
    ],
)
def test_what_otlp_json_forbids_is_refused(span: dict[str, object]) -> None:
    """Base64 ids, ids of another length, names of enums and unknown fields are refused."""
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()

    with pytest.raises(InputError):
        decode_json(Signal.TRACES, body)


@given(st.sampled_from(list(Signal)), st.binary())
def test_any_bytes_are_a_request_or_an_error(signal: Signal, body: bytes) -> None:
    """No bytes raise anything but the error that becomes a 400."""
    for read in (decode, decode_json):
        try:
            read(signal, body)
        except InputError as error:
            assert str(signal) in str(error)  # noqa: PT017 - either is right
