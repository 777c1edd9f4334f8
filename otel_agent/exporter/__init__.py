"""Exporter: signals become OTLP requests that are stored, and stored requests are delivered."""
