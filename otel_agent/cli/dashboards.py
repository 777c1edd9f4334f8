"""`otel-agent dashboards export`: a backend's dashboards for one's own prefix, ready to be imported."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from otel_agent import effective
from otel_agent.cli.words import counted, wide_console
from otel_agent.dashboards.render import RENDERERS, Backend, File, Renderer
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality
from otel_agent.errors import InputError

_PREFIX: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_SERVICE: Final = re.compile(r"[^\x00-\x1f\"'`\\${}]+")
"""Without what ends a text, or begins a variable, in any backend's questions."""

Chosen = Annotated[Backend, typer.Option("--backend", help="Where the dashboards are imported.")]
Prefix = Annotated[
    str | None,
    typer.Option("--prefix", help="The metrics' prefix; without it that of this shell's settings."),
]
Service = Annotated[
    str | None,
    typer.Option("--service", help="The telemetry's service.name; without it that of the prefix's profile."),
]
Counted = Annotated[
    Temporality | None,
    typer.Option(
        "--temporality", help="The metrics' temporality; without it the one that the backend wants."
    ),
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", file_okay=False, help="The folder that gets the files.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over files that say something else.")]


def export(  # noqa: PLR0913 - each parameter is an option
    *,
    backend: Chosen,
    out: Out,
    prefix: Prefix = None,
    service: Service = None,
    temporality: Counted = None,
    force: Force = False,
) -> None:
    """Write a backend's dashboards for your prefix; the default ones are in the repository's dashboards/."""
    renderer = RENDERERS[backend]
    chosen = _countable(backend, renderer, temporality or renderer.temporality)
    variant = variant_of(_prefix(prefix), _service(service), chosen)
    files = [(out / path, text) for path, text in renderer.files(variant)]
    if not force:
        _refuse_others(files)
    _write(files)
    _show(backend, variant, files)


def _prefix(told: str | None) -> str:
    """Return the prefix; raises InputError when metrics' names cannot begin with it."""
    prefix = effective.from_process().metric_prefix if told is None else told
    if _PREFIX.fullmatch(prefix):
        return prefix
    message = (
        f"--prefix: expected a letter, then letters, digits, dots, dashes or underscores, got {prefix!r}"
    )
    raise InputError(message)


def _countable(backend: Backend, renderer: Renderer, temporality: Temporality) -> Temporality:
    """Return the temporality; raises InputError when the backend's boards would count such points wrong."""
    if temporality in renderer.countable:
        return temporality
    wanted = renderer.temporality
    message = (
        f"--temporality: expected {wanted} for {backend}, got {temporality}; leave the option out,"
        f" and set OPENCODE_OTLP_METRICS_TEMPORALITY={wanted} where OpenCode runs"
    )
    raise InputError(message)


def _service(told: str | None) -> str | None:
    """Return the service's name; raises InputError when questions cannot have it as a text."""
    if told is None or _SERVICE.fullmatch(told):
        return told
    message = f"--service: expected a name without quotes, backslashes, $, {{ and }}, got {told!r}"
    raise InputError(message)


def _refuse_others(files: list[File]) -> None:
    """Raise InputError when a file is there that says something else."""
    others = [path for path, text in files if path.exists() and _said(path) != text]
    if others:
        message = (
            f"{others[0]}: expected no file or the same one, got one that says something else"
            f" ({counted(len(others), 'such file')}); choose another --out, or --force to write over them"
        )
        raise InputError(message)


def _said(path: Path) -> str | None:
    """Return what a file says; None where it is no readable text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _write(files: list[File]) -> None:
    """Write the files; raises InputError with the system's words."""
    try:
        for path, text in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"--out: expected a folder that can be written to, got: {error.strerror}"
        raise InputError(message) from error


def _show(backend: Backend, variant: Variant, files: list[File]) -> None:
    """Print what was written, and for whom."""
    console = wide_console()
    for path, _text in files:
        console.print(str(path), highlight=False, markup=False)
    console.print(
        f"{counted(len(files), 'file')} for {backend}: prefix {variant.prefix}, service {variant.service},"
        f" {variant.temporality} temporality; docs/{backend}.md says how to import them",
        highlight=False,
        markup=False,
    )
