"""Draws a Grafana board from its own file: its questions go to a real Prometheus and Loki, a PNG comes out.

    python tools/pictures.py dashboards/grafana/overview.json --prometheus http://127.0.0.1:9090 \
        --loki http://127.0.0.1:3100 --from 2026-11-14T00:00:00Z --to 2026-11-21T00:00:00Z --out overview.png

Prints the panels that no question of had an answer. Needs the dependency group `pictures`.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from drawing.asking import Servers, Window, defaults_of
from drawing.board import Picture
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

COLOURS = 256
"""What a PNG with a palette can have; it takes a third."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw one board."""
    told = _parser().parse_args(arguments)
    board = json.loads(told.board.read_text(encoding="utf-8"))
    chosen = dict(one.split("=", 1) for one in told.var)
    servers = Servers(
        prometheus=told.prometheus.rstrip("/"),
        loki=told.loki.rstrip("/") if told.loki else None,
        window=Window(start_s=told.start, end_s=told.end),
        variables={**dict(defaults_of(board)), **chosen},
    )
    picture = Picture(board, servers, told.width)
    for panel in picture.draw():
        if not panel.answers:
            print(f"no answer: {panel.title} ({panel.kind})")
    _save(picture, told.out)


def _save(picture: Picture, out: Path) -> None:
    """Write the PNG with a palette."""
    drawn = FigureCanvasAgg(picture.canvas.figure)
    drawn.draw()
    image = Image.frombuffer("RGBA", drawn.get_width_height(), drawn.buffer_rgba()).convert("RGB")
    out.parent.mkdir(parents=True, exist_ok=True)
    image.quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE).save(out, optimize=True)


def _parser() -> argparse.ArgumentParser:
    """Return what the command line may say."""
    parser = argparse.ArgumentParser(description="Draw a Grafana board from its own file and questions.")
    parser.add_argument("board", type=Path, metavar="BOARD.json")
    parser.add_argument("--prometheus", required=True, metavar="URL")
    parser.add_argument("--loki", metavar="URL")
    parser.add_argument("--from", dest="start", type=_seconds, required=True, metavar="TIME")
    parser.add_argument("--to", dest="end", type=_seconds, required=True, metavar="TIME")
    parser.add_argument("--out", type=Path, required=True, metavar="X.png")
    parser.add_argument("--width", type=int, default=1600, metavar="PIXELS")
    parser.add_argument("--var", action="append", default=[], metavar="NAME=VALUE", help="Choose a variable.")
    return parser


def _seconds(text: str) -> int:
    """Return a time in seconds since 1970 from such a number or from ISO 8601."""
    return int(text) if text.isdigit() else int(datetime.fromisoformat(text).timestamp())


if __name__ == "__main__":
    main()
