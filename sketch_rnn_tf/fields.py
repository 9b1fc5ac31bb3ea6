"""What a config is made of: nested dataclasses with checked fields, read from plain values, addressed by dotted key."""

import dataclasses
import difflib
import math
import typing
from collections.abc import Iterable, Mapping
from typing import Any

_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    str | int: "a text or a whole number",
    tuple[str, ...]: "a list of texts",
}


def types(cls, prefix: str = "") -> dict[str, Any]:
    """Returns the type of every field of a dataclass, and of those within it, by dotted key."""
    found = {}
    for name, field_type in typing.get_type_hints(cls).items():
        if dataclasses.is_dataclass(field_type):
            found |= types(field_type, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = field_type
    return found


def from_dict(cls, values: Mapping[str, Any]):
    """Makes a dataclass of nested plain values; fields left out keep their defaults.

    Raises:
        ValueError: a key is unknown, a section is no object, or the dataclass refuses a value.
    """
    return _section(cls, values, "", cls)


def check_types(section, prefix: str) -> None:
    """Raises ValueError unless each field has its type; a whole number becomes a float, a list a tuple, where meant."""
    for name, field_type in typing.get_type_hints(type(section)).items():
        value = _typed(f"{prefix}{name}", getattr(section, name), field_type)
        object.__setattr__(section, name, value)


def parse(key: str, text: str, field_type):
    """Returns the value that a text from a command line means for a field of this type.

    Raises:
        ValueError: the text is none of that type.
    """
    if field_type is bool:
        if text.lower() in ("true", "1"):
            return True
        if text.lower() in ("false", "0"):
            return False
    elif field_type == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    elif field_type is str:
        return text
    elif field_type == str | int:
        return int(text) if text.lstrip("-").isdigit() else text
    else:
        try:
            return field_type(text)
        except ValueError:
            pass
    raise ValueError(f"{key} is {text!r}; expected {_NAMES[field_type]}")


def unknown(key: str, known: Iterable[str], root) -> ValueError:
    """Returns the error for a key that is not among those known: with the nearest ones, or the sections of `root`."""
    matches = difflib.get_close_matches(key, known, n=3, cutoff=0.5)
    if matches:
        return ValueError(f"there is no config key {key!r}; did you mean {' or '.join(matches)}?")
    sections = [name for name, kind in typing.get_type_hints(root).items() if dataclasses.is_dataclass(kind)]
    return ValueError(f"there is no config key {key!r}; sections are {', '.join(sections)}")


def _section(cls, values, prefix, root):
    hints = typing.get_type_hints(cls)
    if not isinstance(values, dict):
        raise ValueError(f"config section {prefix[:-1]!r} is {values!r}; expected an object")
    arguments = {}
    for name, value in values.items():
        if name not in hints:
            raise unknown(prefix + name, types(cls, prefix), root)
        if dataclasses.is_dataclass(hints[name]):
            arguments[name] = _section(hints[name], value, f"{prefix}{name}.", root)
        else:
            arguments[name] = value
    return cls(**arguments)


def _typed(key, value, field_type):
    if field_type == tuple[str, ...] and isinstance(value, list | tuple):
        return tuple(value)
    if field_type is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if dataclasses.is_dataclass(field_type):
        if not isinstance(value, field_type):
            raise ValueError(f"{key} is {value!r}; expected {field_type.__name__}(...)")
        return value
    fits = {bool: bool, int: int, float: float, str: str, str | int: (str, int)}.get(field_type, ())
    if not isinstance(value, fits) or (isinstance(value, bool) and field_type is not bool):
        raise ValueError(f"{key} is {value!r}; expected {_NAMES[field_type]}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{key} is {value}; expected a finite number")
    return value
