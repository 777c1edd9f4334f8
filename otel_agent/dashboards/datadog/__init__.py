"""Dashboards and monitors for Datadog, as its API and its import take them."""
