"""`otel-agent install --destination`: finds out what is lacking, on a terminal by asking, and drafts it."""

from collections.abc import Collection
from dataclasses import dataclass

from rich.console import Console

from otel_agent import effective, files, settings
from otel_agent.capture import Level
from otel_agent.cli.asking import STOPPED, ask, ask_level, is_wanted
from otel_agent.cli.words import in_one_line, with_tilde
from otel_agent.configuration import names_of
from otel_agent.destinations import catalogue
from otel_agent.errors import InstallError
from otel_agent.installer.draft import Draft, lacking
from otel_agent.installer.given import given_values
from otel_agent.installer.questions import Question, level_of, others, questions, switches
from otel_agent.installer.targets import TARGETS, Target
from otel_agent.settings_files import LIMIT_BYTES, NOT_WRITABLE, user_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the command line says of destinations; `console` is None where nobody can be asked."""

    names: tuple[str, ...]
    given: tuple[str, ...]
    level: Level | None
    may_replace: bool
    console: Console | None

    @property
    def targets(self) -> tuple[Target, ...]:
        """The destinations, each once."""
        return tuple(TARGETS[name] for name in dict.fromkeys(self.names))


def drafted(order: Order) -> Draft:
    """Return what the settings file is going to say; raises InstallError where something is lacking."""
    names = names_of(effective.rows())
    draft = _draft()
    if draft.found.problems:
        raise InstallError("\n".join(draft.found.problems))
    values = dict(given_values(order.given, names))
    if order.level is not None:
        values |= {target.level.names[0]: order.level.value for target in order.targets}
    draft = draft.also(values)
    _consent(order, draft, values)
    if order.console is None:
        return _without_asking(order, draft)
    for target in order.targets:
        draft = _asked(order, order.console, draft, target)
    return draft


def _draft() -> Draft:
    """Return a draft that gains nothing yet; raises InstallError when the file cannot be read."""
    path = user_file(settings.environ())
    if path is None:
        raise InstallError("HOME: expected a folder, got nothing; set HOME or XDG_CONFIG_HOME")
    try:
        text = files.trusted(path, limit_bytes=LIMIT_BYTES, not_writable=NOT_WRITABLE)[0].decode("utf-8")
    except FileNotFoundError:
        text = ""
    except OSError as error:
        raise InstallError(f"{path}: expected your settings file, got: {error.strerror}") from error
    except UnicodeDecodeError:
        raise InstallError(f"{path}: expected UTF-8, got other bytes; write it anew") from None
    return Draft(path=path, text=text, found=effective.configured(), secrets=catalogue.secret_names())


def _consent(order: Order, draft: Draft, values: Collection[str]) -> None:
    """Ask before a value of the file is replaced; raises InstallError where that is not wanted."""
    for name in () if order.may_replace else draft.replaced(values):
        now, new = (draft.shown(name, value) for value in (draft.own[name], draft.values[name]))
        if order.console is None:
            raise InstallError(
                f"{draft.path}: expected no other value of {name}, got {now}; add --replace to make it {new}"
            )
        if not is_wanted(
            order.console, with_tilde(f"{name} is {now} in {draft.path}. Replace it by {new}?"), default=False
        ):
            raise InstallError(STOPPED)


def _without_asking(order: Order, draft: Draft) -> Draft:
    """Return the draft with its destinations switched on; raises InstallError with all that is lacking."""
    open_questions: dict[str, tuple[Question, ...]] = {}
    for target in order.targets:
        draft = draft.also(switches(target, draft.environ))
        open_questions[target.name] = questions(target, draft.environ)
    if words := lacking(open_questions, draft.path):
        raise InstallError(words)
    if problems := [problem for target in order.targets for problem in target.problems(draft.environ)]:
        raise InstallError("\n".join(problems))
    return draft


def _asked(order: Order, console: Console, draft: Draft, target: Target) -> Draft:
    """Return the draft with the answers for one destination; raises InstallError when the user stops."""
    _print(console, f"\n{target.title}", style="bold")
    _print(console, f"  {target.guide}", style="dim")
    if more := others(target, draft.also(switches(target, draft.environ)).environ):
        _print(console, f"  may be set too: {', '.join(more)}", style="dim")
    again = _again(console, draft, target)
    while True:
        draft = draft.also(switches(target, draft.environ))
        asked = questions(target, draft.environ, again)
        for question in asked:
            draft = _answered(console, draft, question)
        if order.level is None and (again or not level_of(target, draft.environ)[0]):
            draft = _with_level(console, draft, target)
        problems = target.problems(draft.environ)
        if not problems:
            return draft
        for problem in problems:
            _print(console, in_one_line(problem), style="red")
        if not is_wanted(console, "Answer again?", default=True):
            raise InstallError(STOPPED)
        again = frozenset(question.name for question in asked)


def _again(console: Console, draft: Draft, target: Target) -> Collection[str]:
    """Show what the file has for a destination, and return what of it is asked again."""
    own = draft.own
    names = [
        name
        for row in (*target.rows, target.level)
        for name in row.names
        if name in own and name not in draft.values and not draft.is_overruled(name)
    ]
    for name in names:
        _print(console, f"{name} = {draft.shown(name, own[name])}")
    if not names or is_wanted(console, with_tilde(f"Keep what {draft.path} has?"), default=True):
        return ()
    return frozenset(names)


def _answered(console: Console, draft: Draft, question: Question) -> Draft:
    """Return the draft with the answer to one question."""
    present = str({**draft.own, **draft.values}.get(question.name, ""))
    answer = ask(console, question, draft.environ, present)
    return draft.also({question.name: answer}) if answer != present else draft


def _with_level(console: Console, draft: Draft, target: Target) -> Draft:
    """Return the draft with how much leaves for a destination; what is usual is not written down."""
    name = target.level.names[0]
    level = ask_level(console, target, draft.level(target))
    is_usual = level is target.captured and name not in draft.own
    return draft if is_usual else draft.also({name: level.value})


def _print(console: Console, text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False)
