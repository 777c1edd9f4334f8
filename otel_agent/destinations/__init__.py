"""The backends beside the generic one: one file each, and what they make of an environment."""
