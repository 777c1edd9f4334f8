"""OpenCode's telemetry agent: OpenCode's events in, OTLP metrics and log records out."""

__version__ = "0.1.0"
