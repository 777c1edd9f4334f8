"""Boards for SigNoz: one way to ask, written in its native form (v6) and in the one before it (v5)."""
