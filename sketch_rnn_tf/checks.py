"""Range checks with one sentence each: what came, what was expected."""

from collections.abc import Sequence


def at_least(name: str, value, low) -> None:
    """Raises ValueError unless `value` is `low` or more."""
    if not value >= low:
        raise ValueError(f"{name} is {value}; expected at least {low}")


def positive(name: str, value) -> None:
    """Raises ValueError unless `value` is above 0."""
    if not value > 0:
        raise ValueError(f"{name} is {value}; expected more than 0")


def between(name: str, value, low, high) -> None:
    """Raises ValueError unless `value` lies within `low` and `high`, both included."""
    if not low <= value <= high:
        raise ValueError(f"{name} is {value}; expected {low} to {high}")


def fraction(name: str, value) -> None:
    """Raises ValueError unless `value` is at least 0 and below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} is {value}; expected at least 0 and below 1")


def one_of(name: str, value, choices: Sequence[str]) -> None:
    """Raises ValueError unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; expected {' or '.join(choices)}")
