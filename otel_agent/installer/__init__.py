"""Puts the plugin where OpenCode finds it and does OpenCode's npm step once, so that no start has to.

`plan` decides from what was found what is to be done, as values; `carry_out` does one of them at a time.
"""
