"""Draws Grafana's boards from their own files and questions, for the pictures of the documentation."""
