"""HCL: laid out as `terraform fmt` does, and read back as it was meant."""

import hcl2
import pytest

from otel_agent.dashboards.honeycomb.hcl import Block, Reference, document

WHOLE = """\
resource "a_query" "one" {
  dataset    = var.dataset
  is_shown   = true
  limit      = 12
  breakdowns = ["model", "agent"]
  tags       = { team = "web" }

  filter {
    op = "="
  }

  filter {
    op = "in"

    inner {
    }
  }
}

variable "dataset" {
}
"""


def test_arguments_stand_before_blocks() -> None:
    """Signs stand below each other, and an empty line is between what belongs together."""
    blocks = [
        Block(
            type="resource",
            labels=("a_query", "one"),
            arguments={
                "dataset": Reference(text="var.dataset"),
                "is_shown": True,
                "limit": 12,
                "breakdowns": ("model", "agent"),
                "tags": {"team": "web"},
            },
            blocks=(
                Block(type="filter", arguments={"op": "="}),
                Block(type="filter", arguments={"op": "in"}, blocks=(Block(type="inner"),)),
            ),
        ),
        Block(type="variable", labels=("dataset",)),
    ]

    assert WHOLE == document(blocks)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('say "so"', r'"say \"so\""'),
        ("one\ntwo", r'"one\ntwo"'),
        (r"C:\x", r'"C:\\x"'),
        ("${var.key}", '"$${var.key}"'),
        ("%{if true}", '"%%{if true}"'),
        ("DIV($part, $whole)", '"DIV($part, $whole)"'),
        ("größe", '"größe"'),
    ],
)
def test_text_stands_for_itself(text: str, written: str) -> None:
    """Quotes and line breaks are escaped, and templates are none."""
    made = document([Block(type="a", arguments={"b": text})])

    assert f"a {{\n  b = {written}\n}}\n" == made
    assert hcl2.loads(made)
