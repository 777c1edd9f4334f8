"""Tables as Markdown writes them."""

from collections.abc import Iterable, Sequence


def table(titles: Sequence[str], cells: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table that ends in a line break."""
    lines = [titles, ["---"] * len(titles), *cells]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def code(text: str) -> str:
    """Return a text as code."""
    return f"`{text}`"


def codes(texts: Iterable[str]) -> str:
    """Return texts as code, separated by commas."""
    return ", ".join(code(text) for text in texts)
