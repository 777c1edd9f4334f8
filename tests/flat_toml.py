"""Texts for the readers of settings files: such as they take, and such as they may not."""

import json
from typing import Final

from hypothesis import strategies as st

NAMES: Final = st.sampled_from(
    [
        "OPENCODE_ENABLE_TELEMETRY",
        "OPENCODE_OTLP_ENDPOINT",
        "OPENCODE_OTLP_HEADERS",
        "OPENCODE_LOG_PROMPTS",
        "OPENCODE_LOG_RESPONSES",
        "OTEL_LOG_USER_PROMPTS",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OPENCODE_DISABLE_LOGS",
        "OTEL_SDK_DISABLED",
        "OTEL_SERVICE_NAME",
        "OPENCODE_COST_USAGE_SCALE",
        "HTTPS_PROXY",
        "NO_SUCH_NAME",
        "__proto__",
        "0-a_B",
        "OPENCODE_OTEL_STATE_DIR",
    ]
)
_CHARACTERS = st.characters(codec="utf-8", exclude_characters="".join(map(chr, (*range(32), 127))))
_PLAIN = st.text(_CHARACTERS, max_size=12)
_QUOTED = st.one_of(
    _PLAIN.map(lambda text: json.dumps(text, ensure_ascii=False)),
    _PLAIN.map(lambda text: f"'{text.replace(chr(39), '')}'"),
    st.sampled_from(['"\\t\\"\\\\"', '"\\u00e9\\U0001F600"', '""', "''", '"#"', "'#\"'", '"\t"']),
)
_NUMBERS = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["+5", "-0", "1_000", "1e6", "1.5E-3", "+0.2_5", "0e0"]),
)
_BLANK = st.sampled_from(["", " ", "\t", "  \t"])
_END = st.sampled_from(["\n", "\r\n", " # why\n", "#\n", ' # "quoted" [x]\r\n', "\n\n", "\n  \t\n"])
_GAP = st.sampled_from(["", " ", "\n", "\r\n", " # 'x'\n", "\t\n "])
VALUES: Final = st.one_of(_QUOTED, _NUMBERS, st.sampled_from(["true", "false"]))


@st.composite
def _lists(draw: st.DrawFn) -> str:
    """Write a list of strings, maybe over several lines."""
    items = draw(st.lists(st.one_of(_QUOTED, NAMES.map(json.dumps)), max_size=4))
    gaps = [draw(_GAP) for _ in range(2 * len(items) + 1)]
    body = ",".join(f"{gaps[2 * at]}{item}{gaps[2 * at + 1]}" for at, item in enumerate(items))
    comma = "," if items and draw(st.booleans()) else ""
    return f"[{body}{comma}{gaps[-1]}]"


LISTS: Final = _lists()


@st.composite
def _files(draw: st.DrawFn) -> str:
    """Write a file with each name at most once."""
    lines = [draw(_END) if draw(st.booleans()) else "", draw(_entries())]
    for table in draw(st.lists(st.sampled_from(["a", "grafana-2", "b_c"]), unique=True, max_size=2)):
        blanks = [draw(_BLANK) for _ in range(2)]
        lines.append(f"{blanks[0]}[destination.{table}]{blanks[1]}{draw(_END)}{draw(_entries())}")
    return "".join(lines)


@st.composite
def _entries(draw: st.DrawFn) -> str:
    """Write lines with each name at most once."""
    lines: list[str] = []
    for name in draw(st.lists(st.one_of(NAMES, st.just("locked")), unique=True, max_size=6)):
        value = draw(LISTS if name == "locked" else VALUES)
        blanks = [draw(_BLANK) for _ in range(3)]
        lines.append(f"{blanks[0]}{name}{blanks[1]}={blanks[2]}{value}{draw(_END)}")
    return "".join(lines)


FILES: Final = _files()
"""Files of the flat part."""


@st.composite
def _bent(draw: st.DrawFn) -> str:
    """Take a file and put something else at some place of it."""
    text = draw(FILES)
    at = draw(st.integers(0, len(text)))
    end = draw(st.integers(at, min(len(text), at + 3)))
    piece = draw(
        st.one_of(
            _PLAIN,
            st.sampled_from(['"', "'", "\\", "=", "[", "]", "\n", "\r", "#", "\x00", "{}", "[t]\n"]),
            st.sampled_from(
                ["\n[destination.a]\n", "\ndestination=1\n", "\n[destination]\n", "[[destination.b]]\n"]
            ),
        )
    )
    return text[:at] + piece + text[end:]


ANYTHING: Final = st.one_of(
    _bent(), FILES, st.text(st.sampled_from("A='\"\\#[]{}.,\n\r\t 01+-_eEu\x00é"), max_size=40)
)
"""Texts that may be such files or not."""
