"""Bytes as crashes, bad disks and strangers leave them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from hypothesis import strategies as st


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing that goes wrong; where it does is a share of the length."""

    way: Callable[["Damage", bytes, int], bytes]
    place: float
    other: float
    size: int
    mask: int
    extra: bytes

    def done(self, data: bytes) -> bytes:
        """Return bytes after it."""
        return self.way(self, data, int(self.place * len(data)))


def flipped(damage: Damage, data: bytes, at: int) -> bytes:
    """Return bytes of which one is another."""
    return data[:at] + bytes(byte ^ damage.mask for byte in data[at : at + 1]) + data[at + 1 :]


def cut(_damage: Damage, data: bytes, at: int) -> bytes:
    """Return the beginning of some bytes."""
    return data[:at]


def emptied(damage: Damage, data: bytes, at: int) -> bytes:
    """Return bytes of which a range is zero, as a disk leaves what was never written."""
    return data[:at] + bytes(len(data[at : at + damage.size])) + data[at + damage.size :]


def lost(damage: Damage, data: bytes, at: int) -> bytes:
    """Return bytes without a range of them."""
    return data[:at] + data[at + damage.size :]


def put_in(damage: Damage, data: bytes, at: int) -> bytes:
    """Return bytes with others between them."""
    return data[:at] + damage.extra + data[at:]


def repeated(damage: Damage, data: bytes, at: int) -> bytes:
    """Return bytes of which a range comes once more, somewhere else."""
    begin = int(damage.other * len(data))
    return data[:at] + data[begin : begin + damage.size] + data[at:]


WAYS = (flipped, cut, emptied, lost, put_in, repeated)
SHARES = st.floats(0, 1, exclude_max=True)
DAMAGES = st.lists(
    st.builds(
        Damage,
        way=st.sampled_from(WAYS),
        place=SHARES,
        other=SHARES,
        size=st.sampled_from([1, 16, 512, 4096]) | st.integers(1, 5000),
        mask=st.integers(1, 255),
        extra=st.binary(min_size=1, max_size=60),
    ),
    min_size=1,
    max_size=4,
)


def damaged(data: bytes, damages: Sequence[Damage]) -> bytes:
    """Return bytes after all that went wrong."""
    return reduce(lambda left, damage: damage.done(left), damages, data)
