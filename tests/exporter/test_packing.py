"""Packing: how items are shared out among requests."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.packing import MAX_BYTES, MAX_ITEMS, Packed, pack


def encode(items: Sequence[bytes]) -> bytes:
    """Join items; one that is empty cannot be encoded."""
    if b"" in items:
        raise ValueError
    return b"".join(items)


def test_nothing_gives_no_request() -> None:
    """An empty request is not made."""
    assert [] == list(pack([], encode))


def test_a_request_has_at_most_512_items() -> None:
    """A full request is followed by the next one."""
    assert [MAX_ITEMS, MAX_ITEMS, 1] == [one.items for one in pack([b"x"] * (2 * MAX_ITEMS + 1), encode)]


def test_a_request_that_is_too_large_is_halved() -> None:
    """Halving goes on until every request fits."""
    packed = list(pack([b"x" * (MAX_BYTES // 3)] * 8, encode))

    assert [2, 2, 2, 2] == [one.items for one in packed]


def test_an_item_larger_than_a_request_goes_alone() -> None:
    """It may still be accepted; its neighbours must not go down with it."""
    items = [b"a", b"x" * (MAX_BYTES + 1), b"b"]

    assert [b"a", items[1], b"b"] == [one.payload for one in pack(items, encode)]


def test_an_item_that_cannot_be_encoded_costs_only_itself() -> None:
    """It is told of, so that it can be counted; all others go out."""
    packed = list(pack([b"a", b"b", b"", b"c"], encode))

    assert Packed(payload=None, items=1) in packed
    assert b"abc" == b"".join(one.payload or b"" for one in packed)


@given(st.lists(st.binary(max_size=4), max_size=1500))
def test_every_item_is_in_one_request_and_in_order(items: list[bytes]) -> None:
    """Packing neither loses, doubles nor reorders."""
    packed = list(pack(items, encode))

    assert len(items) == sum(one.items for one in packed)
    assert b"".join(items) == b"".join(one.payload or b"" for one in packed)
