"""Spans: the shape of a trace, and the profiles in which spans are written."""
