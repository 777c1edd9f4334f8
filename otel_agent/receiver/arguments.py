"""The arguments of a command: which are options, and which are the values of options."""

import re
from collections.abc import Collection, Iterator, Sequence


def program_of(words: Sequence[str]) -> str:
    """Return the name of the program that a command runs, "" for none."""
    return re.split(r"[/\\]", words[0])[-1].removesuffix(".exe") if words else ""


def leading(words: Sequence[str], with_value: Collection[str]) -> Sequence[str]:
    """Return the options, and their values, before the first word that is neither."""
    index = 0
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] in with_value else 1
    return words[:index]


def without_leading(words: Sequence[str], with_value: Collection[str]) -> list[str]:
    """Return the words from the first one on that is no option and no option's value."""
    return list(words[len(leading(words, with_value)) :])


def flags(words: Sequence[str], *, letters: str, attached: str = "", names: Collection[str]) -> set[str]:
    """Return the options in the words, without their values: `-am x` is `-a` and `-m`.

    `letters` take a value, in the same word or the next; `attached` only in the same word; `names` are the
    long options that take the next word when they have no `=`.
    """
    return set(_options(iter(words), letters, attached, names))


def _options(words: Iterator[str], letters: str, attached: str, names: Collection[str]) -> Iterator[str]:
    """Yield the options in the words; the value of one is taken from the words with it."""
    for word in words:
        if word == "--":
            return
        if word.startswith("--"):
            yield word.partition("=")[0]
            if word in names:
                next(words, None)
        elif word.startswith("-"):
            found, value = _cluster(word[1:], letters + attached)
            yield from (f"-{letter}" for letter in found)
            if found[-1:] in tuple(letters) and not value:
                next(words, None)


def _cluster(word: str, with_value: str) -> tuple[str, str]:
    """Split `-amtext` after the letter that takes the rest as its value."""
    for index, letter in enumerate(word):
        if letter in with_value:
            return word[: index + 1], word[index + 1 :]
    return word, ""
