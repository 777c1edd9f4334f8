"""Dashboards laid out once, from the instrument and event tables, and rendered for each backend."""
