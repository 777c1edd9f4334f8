"""OpenCode's events in, facts out: the only room that knows OpenCode's JSON."""
