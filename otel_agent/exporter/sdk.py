"""The SDK's private names, all in one place, each held by a test (DESIGN §2)."""

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.sdk._logs import ReadableLogRecord

__all__ = ["LogRecord", "ReadableLogRecord", "SeverityNumber", "encode_logs"]
