"""The snippets of helpers/ci read as their CI reads them, as far as their shell lines need it.

Each has one shape that is known here, so lines and indentation are enough; no YAML or Groovy is parsed.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.helpers.ci import FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a CI hands to one shell."""

    script: str
    environ: Mapping[str, str] = field(default_factory=dict[str, str])


def github_steps(expressions: Mapping[str, str]) -> list[Step]:
    """Return the workflow's `run` steps; raises KeyError for a `${{ expression }}` that is not given."""
    head, *chunks = re.split(r"^      - ", read("github-actions.yml"), flags=re.MULTILINE)
    common = pairs(head, " " * 6)
    steps: list[Step] = []
    for chunk in chunks:
        run = re.search(r"^ *run: (?:\|\n)?(.*)", chunk, re.MULTILINE | re.DOTALL)
        if run:
            environ = {**common, **pairs(chunk, " " * 10)}
            steps.append(Step(script=shell(run[1]), environ=filled(environ, expressions)))
    return steps


def gitlab_steps() -> list[Step]:
    """Return the job's script, which is one shell with what comes before it, and what comes after it."""
    text = read("gitlab-ci.yml")
    environ = pairs(text, " " * 4)
    script = [*items(text, "before_script"), *items(text, "script")]
    return [
        Step(script="\n".join(script), environ=environ),
        Step(script="\n".join(items(text, "after_script")), environ=environ),
    ]


def jenkins_steps(credentials: Mapping[str, str]) -> list[Step]:
    """Return the pipeline's `sh` steps; raises KeyError for a credential that is not given."""
    text = read("Jenkinsfile")
    environ = dict(re.findall(r"^        ([A-Z_]+) = '(.*)'$", text, re.MULTILINE))
    asked = re.findall(r"^        ([A-Z_]+) = credentials\('(.*)'\)$", text, re.MULTILINE)
    environ |= {name: credentials[key] for name, key in asked}
    found = re.findall(r"\bsh (?:'''(.*?)'''|'([^'\n]+)')", text, re.DOTALL)
    return [Step(script=textwrap.dedent(many or one), environ=environ) for many, one in found]


def read(name: str) -> str:
    """Return a snippet's text."""
    return (FOLDER / name).read_text(encoding="utf-8")


def pairs(text: str, indent: str) -> dict[str, str]:
    """Return the variables that are written at an indentation."""
    return dict(re.findall(rf'^{indent}([A-Z][A-Z_]+): "?(.*?)"?$', text, re.MULTILINE))


def filled(environ: Mapping[str, str], expressions: Mapping[str, str]) -> dict[str, str]:
    """Return variables with what GitHub puts in; raises KeyError for an expression that is not given."""
    return {
        name: re.sub(r"\$\{\{ (.+?) \}\}", lambda found: expressions[found[1]], value)
        for name, value in environ.items()
    }


def items(text: str, key: str) -> list[str]:
    """Return the lines of a list of commands."""
    block = re.search(rf"^  {key}:\n((?:    - .*\n)+)", text, re.MULTILINE)
    return re.findall(r"^    - (.*)", block[1], re.MULTILINE) if block else []


def shell(block: str) -> str:
    """Return a block or a line as the shell gets it: without what YAML takes for itself."""
    lines = [line for line in block.splitlines() if not line.startswith("      #")]
    return re.sub(r" # zizmor: .*", "", textwrap.dedent("\n".join(lines)))
