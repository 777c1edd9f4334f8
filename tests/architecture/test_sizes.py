"""Files and functions stay short enough to be read at one sitting."""

from statistics import median

from tests.architecture.source import PACKAGE, functions, length, modules

FILE_LINES = 300
FUNCTION_LINES = 40
MEDIAN_FUNCTION_LINES = 10


def test_no_file_is_over_the_limit() -> None:
    """A module of the package has at most 300 lines."""
    sizes = {module.name: module.text.count("\n") for module in modules(PACKAGE)}

    assert {} == {name: size for name, size in sizes.items() if size > FILE_LINES}


def test_no_function_is_over_the_limit() -> None:
    """A function of the package has at most 40 lines, its docstring not counted."""
    sizes = {
        f"{module.at(function)} {function.name}": length(function)
        for module in modules(PACKAGE)
        for function in functions(module)
    }

    assert {} == {name: size for name, size in sizes.items() if size > FUNCTION_LINES}


def test_the_usual_function_is_short() -> None:
    """Half of the package's functions have less than ten lines."""
    middle = median(length(function) for module in modules(PACKAGE) for function in functions(module))

    assert middle < MEDIAN_FUNCTION_LINES
