"""Sink: an OTLP server inside this process, for `otel-agent demo` and for tests."""
