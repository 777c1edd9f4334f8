"""Questions on a terminal: what a variable is for, an answer that is tried at once, and yes or no."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.prompt import Confirm, InvalidResponse, Prompt
from rich.text import Text

from otel_agent.capture import Level
from otel_agent.cli.words import in_one_line
from otel_agent.errors import InstallError
from otel_agent.installer.questions import LEAVES, Question
from otel_agent.installer.targets import Target, suggested

UNCHANGED: Final = "as it is"
NOTHING: Final = "none"
STOPPED: Final = "stopped; nothing was changed"


class _Prompt(Prompt):
    """Shows in brackets what Enter means."""

    def render_default(self, default: object) -> Text:
        """Return what Enter means."""
        return Text(f"[{default}]", "prompt.default")


class _Decision(Confirm):
    """Shows what Enter means as the capital letter of the two."""

    def make_prompt(self, default: object) -> Text:
        """Return the question."""
        return Text.assemble(self.prompt, " ", ("[Y/n]" if default else "[y/N]", "prompt.choices"), ": ")


class _Answer(_Prompt):
    """Asks until the answer is one that the variable can have."""

    def __init__(self, question: Question, console: Console) -> None:
        super().__init__(Text(question.name), console=console, password=question.row.secret)
        self._question = question

    def process_response(self, value: str) -> str:
        """Return an answer; raises InvalidResponse with what is wrong with it."""
        text = value.strip()
        if fault := self._question.fault(text):
            raise InvalidResponse(Text(in_one_line(fault), "prompt.invalid"))
        return text


@contextmanager
def nothing_changed() -> Generator[None]:
    """Make an InstallError of Ctrl-C and Ctrl-D at a question: nothing is done before all are answered."""
    try:
        yield
    except (EOFError, KeyboardInterrupt):
        raise InstallError(f"\n{STOPPED}") from None


def ask(console: Console, question: Question, environ: Mapping[str, str], present: str = "") -> str:
    """Ask for a variable and return its value; no answer keeps the present one, or means the proposal."""
    row = question.row
    _print(console, f"\n{row.help}")
    example = "" if row.kind.example in row.expected else f"; for example {row.kind.example}"
    hint = "; what you type is not shown" if row.secret else example
    _print(console, f"  {row.expected}{hint}", style="dim")
    meant = present or suggested(row, environ)
    shown = UNCHANGED if present and row.secret else meant or ("" if question.is_needed else NOTHING)
    answer = _Answer(question, console)
    if not shown:
        return answer()
    answered = answer(default=shown)
    # Enter gives the very object back; whoever types the same word means that word.
    return meant if answered is shown else answered


def ask_level(console: Console, target: Target, present: Level) -> Level:
    """Ask how much leaves for a destination."""
    _print(console, "\nHow much it gets")
    for level, what in LEAVES.items():
        _print(console, f"  {level:9} {what}", style="dim")
    choices = [level.value for level in Level]
    prompt = _Prompt(Text(target.level.names[0]), console=console, choices=choices)
    return Level(prompt(default=present.value))


def is_wanted(console: Console, text: str, *, default: bool) -> bool:
    """Ask for yes or no."""
    return _Decision(Text(text), console=console)(default=default)


def _print(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False)
