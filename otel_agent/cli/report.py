"""What installing and uninstalling print: a line a step, with `~` for the home folder."""

from collections.abc import Iterable, Sequence
from typing import Final

from otel_agent import opencode
from otel_agent.cli.words import PlainConsole, with_tilde
from otel_agent.installer.carry_out import carry_out
from otel_agent.installer.steps import InstallPackage, Say, Step, describe
from otel_agent.opencode import Runner

NOTHING_CHANGED: Final = "Nothing is changed. This would be done:"


class Report:
    """Prints steps before and while they are done."""

    def __init__(self) -> None:
        """Print to stdout."""
        self._console = PlainConsole(soft_wrap=True, markup=False, highlight=False)

    def show(self, steps: Sequence[Step], head: str) -> None:
        """Print what the steps would do."""
        self.say(head)
        for step in steps:
            self.say(f"- {describe(step)}")

    def show_alone(self, steps: Sequence[Step]) -> None:
        """Print what the steps would do, and what it would cost, where they are not done."""
        self.show(steps, NOTHING_CHANGED)
        self._advise([step for step in steps if isinstance(step, Say)])

    def carry_out(self, steps: Sequence[Step], runner: Runner) -> None:
        """Do the steps and print what each has done."""
        said: list[Say] = []
        for step in steps:
            if isinstance(step, InstallPackage):
                self.say(f"npm installs {opencode.PACKAGE}, which takes some seconds: {step.folder}")
            done = carry_out(step, runner)
            if done is not None:
                self.say(done.text, style="yellow" if done.advice else None)
                said.append(done)
        self._advise(said)

    def say(self, text: str, style: str | None = None) -> None:
        """Print a line."""
        self._console.print(with_tilde(text), style=style)

    def _advise(self, said: Iterable[Say]) -> None:
        for advice in dict.fromkeys(one.advice for one in said if one.advice):
            self.say(advice, style="yellow")
