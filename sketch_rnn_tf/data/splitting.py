"""Which sketches train, which validate and which test: the same for the same seed, whoever read them."""

import math
import zlib
from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf.data.npz import SPLITS

DEFAULT = (0.9, 0.05, 0.05)
REST = "rest"

Sizes = tuple[int | float | str, int | float | str, int | float | str]


def parse(texts: Sequence[str]) -> Sizes:
    """Reads three sizes: numbers of sketches such as 70000, shares such as 0.9, or `rest` once.

    Raises:
        ValueError: there are not three, or one is something else.
    """
    sizes = [_size(text.strip()) for text in texts]
    shares = sum(size for size in sizes if isinstance(size, float))
    if len(sizes) != 3 or sizes.count(REST) > 1 or shares > 1 + 1e-9:
        raise ValueError(
            f"--splits is {','.join(texts)!r}; expected three sizes for train, valid and test: numbers such as 70000, shares "
            "such as 0.9 that add up to 1 at most, or the word rest once"
        )
    return tuple(sizes)


def _size(text: str) -> int | float | str:
    if text == REST:
        return REST
    try:
        if text.isdecimal():
            return int(text)
        share = float(text)
        if 0 <= share <= 1:
            return share
    except ValueError:
        pass
    raise ValueError(f"--splits holds {text!r}; expected a number of sketches, a share from 0 to 1, or rest")


def assign(count: int, sizes: Sizes, seed: int, class_name: str) -> dict[str, np.ndarray]:
    """Returns which of `count` sketches go where, in a random order; sketches beyond the sizes go nowhere.

    Args:
        count: how many sketches there are.
        sizes: of `parse`. A share is rounded, but gives one sketch at least where there are three or more.
        seed: 0 to 2^32 - 1.
        class_name: gives each class an order of its own.

    Raises:
        ValueError: the sizes ask for more sketches than there are.
    """
    numbers = [size if size == REST else _number(size, count) for size in sizes]
    if all(isinstance(size, float) for size in sizes) and math.isclose(sum(sizes), 1):
        numbers[0] = count - numbers[1] - numbers[2]
    used = sum(number for number in numbers if number != REST)
    if used > count:
        raise ValueError(
            f"{class_name!r} has {count} sketches, --splits asks for {used}; give smaller sizes, shares, or rest for one"
        )
    numbers = [count - used if number == REST else number for number in numbers]
    # RandomState's numbers are fixed for all versions of NumPy.
    order = np.random.RandomState([seed, zlib.crc32(class_name.encode())]).permutation(count)
    ends = np.cumsum(numbers)
    return dict(zip(SPLITS, np.split(order[: ends[-1]], ends[:-1]), strict=True))


def _number(size: int | float, count: int) -> int:
    if isinstance(size, int):
        return size
    return max(round(size * count), 1 if size and count >= 3 else 0)
