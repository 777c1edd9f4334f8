"""A catalogue is what stands in a module."""

from types import ModuleType

from otel_agent.tables import rows


def module_with(**names: object) -> ModuleType:
    """Return a module in which some names stand, in this order."""
    module = ModuleType("catalogue")
    vars(module).update(names)
    return module


def test_rows_stand_in_the_order_of_their_definition() -> None:
    """A catalogue keeps the order in which its module defines the rows, not that of their names or values."""
    module = module_with(second=2, first=1, third=3)

    assert (2, 1, 3) == rows(module, int)


def test_objects_of_other_types_are_no_rows() -> None:
    """Only objects of the type belong to the catalogue, those of its subclasses too."""
    module = module_with(text="a", number=1, truth=True)

    assert (1, True) == rows(module, int)


def test_two_names_of_one_object_are_one_row() -> None:
    """An alias adds no row."""
    row = ValueError()
    module = module_with(name=row, alias=row)

    assert (row,) == rows(module, ValueError)


def test_equal_rows_are_kept_apart() -> None:
    """Two definitions are two rows, also when they are equal; a test of the catalogue may then complain."""
    module = module_with(one=[1], other=[1])

    assert ([1], [1]) == rows(module, list)
