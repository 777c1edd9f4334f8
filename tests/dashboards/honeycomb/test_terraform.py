"""Terraform: the provider reads in it what the API's files say."""

from pathlib import Path

import hcl2
import pytest

from otel_agent.dashboards.boards.catalogue import boards
from otel_agent.dashboards.honeycomb.boards import board_json
from otel_agent.dashboards.honeycomb.calculations import Json
from otel_agent.dashboards.honeycomb.terraform import VERSION, board_text
from otel_agent.dashboards.render import honeycomb_files
from otel_agent.dashboards.variant import Variant, variant_of
from otel_agent.delivery import Temporality
from tests.dashboards.honeycomb.provider import SCHEMA, Folder, board, problems, read, specification

OPENCODE = variant_of("opencode.", None, Temporality.DELTA)
BESIDE = variant_of("claude_code.", None, Temporality.DELTA)


@pytest.fixture(scope="module", params=[OPENCODE, BESIDE], ids=["opencode", "claude_code"])
def rendered(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Variant, Folder]:
    """A variant, and what its rendered folder says."""
    variant: Variant = request.param
    folder = tmp_path_factory.mktemp("terraform")
    for path, text in honeycomb_files(variant):
        if path.suffix == ".tf":
            (folder / path.name).write_text(text, "utf-8")
    return variant, read(folder)


def test_boards_are_those_of_the_api(rendered: tuple[Variant, Folder]) -> None:
    """Whoever takes Terraform has the same boards: each question, its words, its place and its look."""
    variant, made = rendered

    for one in boards(variant):
        whole = board_json(one, variant)
        told = {key: whole[key] for key in ("name", "description", "tags", "preset_filters", "panels")}

        assert told == board(made, one.name)


def test_arguments_are_those_of_the_provider(rendered: tuple[Variant, Folder]) -> None:
    """Nothing is said that its documentation does not have."""
    _, made = rendered
    found = [
        one
        for (type_, name), block in made.blocks.items()
        for one in problems(block, SCHEMA[type_], f"{type_}.{name}")
    ]

    assert [] == found


def test_datasets_are_variables(rendered: tuple[Variant, Folder]) -> None:
    """The service is the log events' dataset; the metrics have the one that Honeycomb gives them."""
    variant, made = rendered
    defaults = {name: told["default"] for name, told in made.variables.items()}
    datasets = {block["dataset"] for (type_, _), block in made.blocks.items() if type_ == "honeycombio_query"}

    assert {"metrics_dataset": "metrics", "events_dataset": variant.service, "left_out": []} == defaults
    assert {"${var.metrics_dataset}", "${var.events_dataset}"} == datasets


def test_query_is_left_out_by_its_name(rendered: tuple[Variant, Folder]) -> None:
    """Honeycomb refuses a question for a column that it does not know, so each query can be left out."""
    _, made = rendered
    counted = {
        name: block["count"] for (type_, name), block in made.blocks.items() if type_ == "honeycombio_query"
    }

    assert {name: f'${{contains(var.left_out, "{name}") ? 0 : 1}}' for name in counted} == counted
    assert "cost_by_branch" in counted


def test_provider_is_one_that_knows_formulas(tmp_path: Path) -> None:
    """Formulas came with 0.47; the tables of this test are those of 0.51."""
    main = next(text for path, text in honeycomb_files(OPENCODE) if path.name == "main.tf")
    (tmp_path / "main.tf").write_text(main)

    assert f'version = "{VERSION}"' in main
    assert hcl2.loads(main)["terraform"]
    assert "~> 0.51" == VERSION


def panel(title: str, filters: list[Json]) -> Json:
    """Return a panel that counts events."""
    return {
        "type": "query",
        "position": {"x_coordinate": 0, "y_coordinate": 0, "width": 3, "height": 3},
        "query_panel": {"query_style": "table"},
        "query": {
            "dataset": "events",
            "specification": {"calculations": [{"op": "COUNT"}], "filters": filters},
        },
        "annotation": {"name": title, "description": 'Of "all" ${kinds}'},
    }


def made_of(folder: Path, *panels: Json) -> Folder:
    """Return what a board of some panels becomes."""
    whole = {"name": "A", "description": "", "tags": [], "preset_filters": [], "panels": list(panels)}
    (folder / "a.tf").write_text(board_text(whole, "a"), "utf-8")
    return read(folder)


def test_panels_of_one_title_have_names_of_their_own(tmp_path: Path) -> None:
    """Terraform refuses two resources of one name; words are kept as they are."""
    made = made_of(tmp_path, panel("Lost, by reason", []), panel("Lost by reason", []))

    assert ["a_lost_by_reason", "a_lost_by_reason_2"] == [
        name for type_, name in made.blocks if type_ == "honeycombio_query"
    ]
    annotation = made.blocks["honeycombio_query_annotation", "a_lost_by_reason"]
    assert annotation["description"] == 'Of "all" $${kinds}'


@pytest.mark.parametrize(
    "told",
    [
        {"column": "success", "op": "=", "value": False},
        {"column": "success", "op": "!=", "value": True},
        {"column": "type", "op": "in", "value": ["input", "cacheRead"]},
        {"column": "project.id", "op": "exists"},
        {"column": "type", "op": "=", "value": "added"},
    ],
    ids=lambda told: f"{told['op']}{told.get('value', '')}",
)
def test_filters_are_read_back(tmp_path: Path, told: Json) -> None:
    """The provider takes texts alone: it finds the type again, and several values at their commas."""
    made = made_of(tmp_path, panel("One", [told]))

    assert [told] == specification(made.blocks["honeycombio_query_specification", "a_one"])["filters"]
