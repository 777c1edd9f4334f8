"""Texts made of what the rules look for, so that hypothesis meets their edges."""

from typing import Final

from hypothesis import strategies as st

from otel_agent.redaction.names import WORDS
from otel_agent.redaction.tokens import KNOWN
from tests.redaction.cases import BEGIN, BLOCK, END, HEX, JWT, MIXED, PATH, ROOT

PREFIXES: Final = tuple(prefix for row in KNOWN for prefix in row.prefixes)
SIGNS: Final = (
    "=",
    ": ",
    ":",
    " = ",
    " ",
    '": "',
    '"',
    "'",
    "`",
    "\\",
    "\\n",
    "\n",
    "?",
    "&",
    "/",
    "//",
    "@",
    "-",
    "--",
    ".",
    ",",
)
PARTS: Final = (
    *PREFIXES,
    *SIGNS,
    *(row.word for row in WORDS),
    *(
        "api_key",
        "DB_PASSWORD",
        "Authorization",
        "Bearer",
        "Basic",
        "Digest",
        "Cookie",
        "curl -u",
        "login a",
        "x=",
    ),
    *(
        "https:" + "//",
        "user:",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "$",
        "%",
        "~",
        "[redacted: Token]",
        "null",
        "12345",
    ),
    *(
        BEGIN,
        END,
        BLOCK,
        JWT,
        MIXED[:8],
        MIXED[:20],
        MIXED[:40],
        HEX[:32],
        HEX[:64],
        PATH,
        ROOT + "/",
        "C:\\Users\\",
        "alice",
    ),
)

texts = st.lists(st.sampled_from(PARTS) | st.text(max_size=4), max_size=30).map("".join)
"""Texts of such parts and of anything else."""
