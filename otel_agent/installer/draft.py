"""What the user's settings file is going to say, and what then holds; nothing is written yet."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from otel_agent.capture import Level
from otel_agent.configuration import Configuration, Place
from otel_agent.destinations import harness_file
from otel_agent.errors import InstallError
from otel_agent.installer.lines import values_of, with_values, written
from otel_agent.installer.questions import LEAVES, Question, level_of
from otel_agent.installer.steps import Say, WriteSettings
from otel_agent.installer.targets import Target
from otel_agent.parsing import well_formed


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A settings file with its text, what holds now, and the values that it is going to gain.

    `secrets` are the names whose values are never shown.
    """

    path: Path
    text: str
    found: Configuration
    secrets: Collection[str]
    values: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def own(self) -> Mapping[str, object]:
        """What the file says now; InstallError when it cannot be read."""
        try:
            return values_of(self.text)
        except InstallError as error:
            raise InstallError(f"{self.path}: {error}") from None

    @property
    def environ(self) -> Mapping[str, str]:
        """What will hold: these values, but for what the environment or a lock says, and Arize's own file."""
        values = {name: value for name, value in self.values.items() if not self.is_overruled(name)}
        return harness_file.joined({**self.found.environ, **values}).environ

    def is_overruled(self, name: str) -> bool:
        """Tell whether a name has its value from elsewhere, whatever the file says."""
        origin = self.found.origins.get(name)
        return origin is not None and (origin.place is Place.ENVIRONMENT or origin.is_locked)

    def also(self, values: Mapping[str, str]) -> "Draft":
        """Return a draft with more values; InstallError for a name that the machine's file locks."""
        for name in values:
            origin = self.found.origins.get(name)
            if origin is not None and origin.is_locked:
                raise InstallError(
                    f"{name}: expected a name that you may set, got one that {origin.path} locks"
                )
        given = {name: well_formed(value) for name, value in values.items()}
        return replace(self, values={**self.values, **given})

    def replaced(self, names: Collection[str]) -> tuple[str, ...]:
        """Return those of some new values that the file has otherwise now."""
        own = self.own
        return tuple(name for name in names if own.get(name, self.values[name]) != self.values[name])

    def shown(self, name: str, value: object) -> str:
        """Return a value as it may be shown."""
        return "***" if name in self.secrets else str(value)

    def steps(self) -> tuple[WriteSettings | Say, ...]:
        """Return what writes the file, if it gains anything, and what is to be said of it."""
        own = self.own
        new = {name: value for name, value in self.values.items() if own.get(name) != value}
        said = tuple(
            Say(text=f"{name}: the environment has another value, which wins over the file's")
            for name in new
            if self.is_overruled(name) and self.found.environ.get(name) != new[name]
        )
        if not new:
            return (*said, Say(text=f"the settings are complete: {self.path}"))
        lines = tuple(f"{name} = {self.shown(name, written(value))}" for name, value in new.items())
        step = WriteSettings(path=self.path, text=with_values(self.text, new), before=self.text, shown=lines)
        return (step, *said)

    def level(self, target: Target) -> Level:
        """Return how much leaves for a target; a word that is no level is a problem that others tell."""
        text = level_of(target, self.environ)[1].strip().lower()
        return Level(text) if text in set(Level) else target.captured

    def leaves(self, target: Target) -> str:
        """Say how much leaves for a target."""
        what = LEAVES[self.level(target)]
        return f"{target.title} gets {what}; --capture LEVEL changes that ({', '.join(Level)})."

    def inherited(self, target: Target) -> Iterator[str]:
        """Say which of a target's variables nobody but this shell knows."""
        for name in (name for row in (*target.rows, target.level) for name in row.names):
            origin = self.found.origins.get(name)
            if origin is not None and origin.place is Place.ENVIRONMENT and self.found.environ.get(name):
                yield f"{name} is set in this shell; OpenCode needs it in the shell that starts it."


def lacking(questions: Mapping[str, tuple[Question, ...]], path: Path) -> str:
    """Say which variables are lacking and how they are given where nobody can be asked; nothing: none is."""
    lines = [
        f"--destination {target}: expected {question.name}, got nothing; {_how(question, path)}"
        for target, asked in questions.items()
        for question in asked
        if question.is_needed
    ]
    return "\n".join(lines)


def _how(question: Question, path: Path) -> str:
    """Say how a variable can be given without a terminal."""
    if question.row.secret:
        return f"it is secret: export it, or write it into {path}, never into a command line"
    return f"add --set {question.name}=VALUE, export it, or write it into {path}"
