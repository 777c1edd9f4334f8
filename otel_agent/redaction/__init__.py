"""Redaction: secrets, home folders and what the user names are taken out of text that leaves. Pure."""
