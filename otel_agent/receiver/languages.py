"""The language of a file by its name: few, stable names, so that they can be metric attributes."""

from pathlib import PurePosixPath

UNKNOWN = "unknown"

_EXTENSIONS = {
    "Astro": "astro",
    "C": "c h",
    "C#": "cs",
    "C++": "cc cpp cxx hpp hh",
    "CSS": "css",
    "Clojure": "clj cljs cljc",
    "Dart": "dart",
    "Elixir": "ex exs",
    "Erlang": "erl hrl",
    "F#": "fs fsx",
    "Go": "go",
    "GraphQL": "graphql gql",
    "Groovy": "groovy gradle",
    "HCL": "tf tfvars hcl",
    "HTML": "html htm",
    "Haskell": "hs",
    "INI": "ini cfg conf",
    "JSON": "json jsonc json5",
    "Java": "java",
    "JavaScript": "js jsx mjs cjs",
    "Julia": "jl",
    "Jupyter Notebook": "ipynb",
    "Kotlin": "kt kts",
    "Less": "less",
    "Lua": "lua",
    "Markdown": "md mdx markdown",
    "Nix": "nix",
    "OCaml": "ml mli",
    "Objective-C": "m mm",
    "PHP": "php",
    "Perl": "pl pm",
    "PowerShell": "ps1 psm1",
    "Protocol Buffers": "proto",
    "Python": "py pyi pyw",
    "R": "r",
    "Ruby": "rb",
    "Rust": "rs",
    "SCSS": "scss sass",
    "SQL": "sql",
    "Scala": "scala sc",
    "Shell": "sh bash zsh fish",
    "Solidity": "sol",
    "Svelte": "svelte",
    "Swift": "swift",
    "TOML": "toml",
    "Text": "txt",
    "TypeScript": "ts tsx mts cts",
    "Vue": "vue",
    "XML": "xml xsl xsd svg",
    "YAML": "yaml yml",
    "Zig": "zig",
}
_NAMES = {
    "dockerfile": "Dockerfile",
    "makefile": "Makefile",
    "gnumakefile": "Makefile",
    "cmakelists.txt": "CMake",
}
_BY_EXTENSION = {f".{ending}": name for name, endings in _EXTENSIONS.items() for ending in endings.split()}


def language_of(path: str | None) -> str:
    """Return the language of a path by its file name, or `unknown`."""
    if not path:
        return UNKNOWN
    file = PurePosixPath(path.replace("\\", "/"))
    return _NAMES.get(file.name.lower()) or _BY_EXTENSION.get(file.suffix.lower(), UNKNOWN)
