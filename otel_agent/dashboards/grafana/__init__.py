"""Boards in Grafana: PromQL for numbers, LogQL for log events, TraceQL for traces."""
