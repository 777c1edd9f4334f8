"""The commands that people type; thin, and the only part that prints."""
