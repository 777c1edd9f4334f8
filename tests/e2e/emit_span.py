"""Sends one span that is a child of TRACEPARENT, as instrumented programs do: `emit_span.py HOST:PORT`.

It stands on the standard library alone, for OpenCode's shell starts it with whatever Python there is.
"""

import http.client
import json
import os
import sys
import time


def main() -> None:
    """Send the span as OTLP in JSON."""
    _, trace_id, parent_id, _ = os.environ["TRACEPARENT"].split("-")
    now_ns = time.time_ns()
    span = {
        "traceId": trace_id,
        "spanId": os.urandom(8).hex(),
        "parentSpanId": parent_id,
        "name": "command",
        "kind": 1,
        "startTimeUnixNano": str(now_ns),
        "endTimeUnixNano": str(now_ns + 1000),
    }
    scope = {"scope": {"name": "command"}, "spans": [span]}
    body = json.dumps({"resourceSpans": [{"resource": {}, "scopeSpans": [scope]}]}).encode()
    link = http.client.HTTPConnection(sys.argv[1])
    link.request("POST", "/v1/traces", body, {"content-type": "application/json"})
    link.getresponse().read()
    link.close()


if __name__ == "__main__":
    main()
