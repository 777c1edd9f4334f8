"""The errors that this package raises on purpose; anything else that is raised is a programming error."""


class AgentError(Exception):
    """Something outside the program is not as it has to be; the message says what to do."""


class SettingsError(AgentError):
    """One or more settings have values that cannot be used."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        """Keep every problem, so that all of them are reported together."""
        super().__init__("\n".join(problems))
        self.problems = problems


class JournalError(AgentError):
    """A journal folder or one of its files cannot be used."""


class InstallError(AgentError):
    """The plugin cannot be put where OpenCode finds it."""


class InputError(AgentError):
    """A file given to a command is not what the command reads."""
