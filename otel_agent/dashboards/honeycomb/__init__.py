"""Boards in Honeycomb, which imports no JSON: Terraform, and a script for its Boards API."""
