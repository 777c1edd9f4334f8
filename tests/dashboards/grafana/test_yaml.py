"""YAML that is written for Grafana and Prometheus."""

from otel_agent.dashboards.grafana.yaml import as_yaml


def test_nested_values_are_indented_below_their_comment() -> None:
    """Mappings in sequences begin beside the dash."""
    value = {"groups": [{"name": "a", "rules": [{"record": "b", "number": 1, "is_on": True}, "plain"]}]}

    assert (
        as_yaml(value, "About\nthis")
        == """\
# About
# this
groups:
  - name: a
    rules:
      - record: b
        number: 1
        is_on: true
      - plain
"""
    )


def test_text_of_several_lines_is_a_block() -> None:
    """Its end has no line break, so it is the text itself."""
    assert as_yaml({"expr": "a\nand b"}, "") == "expr: |-\n  a\n  and b\n"


def test_text_that_could_be_something_else_is_quoted() -> None:
    """Words of YAML, numbers, and signs that mean something."""
    texts = {"a": "no", "b": "1d", "c": "x: y", "d": "$$x", "e": "opencode-cost"}

    assert as_yaml(texts, "") == 'a: "no"\nb: "1d"\nc: "x: y"\nd: "$$x"\ne: opencode-cost\n'
