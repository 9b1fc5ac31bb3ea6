"""Dataclasses with checked fields, on two of the test's own."""

import dataclasses
import math

import pytest

from sketch_rnn_tf import fields


@dataclasses.dataclass(frozen=True)
class Pen:
    width: float = 1.5
    ink: str = "black"
    tips: tuple[str, ...] = ()

    def __post_init__(self):
        fields.check_types(self, "pen.")


@dataclasses.dataclass(frozen=True)
class Desk:
    pen: Pen = dataclasses.field(default_factory=Pen)
    drawers: int = 2
    locked: bool = False
    paper: str | int = "plain"

    def __post_init__(self):
        fields.check_types(self, "")


def test_types_go_by_dotted_keys():
    assert fields.types(Desk) == {
        "pen.width": float,
        "pen.ink": str,
        "pen.tips": tuple[str, ...],
        "drawers": int,
        "locked": bool,
        "paper": str | int,
    }


def test_what_is_left_out_keeps_its_default():
    assert fields.from_dict(Desk, {}) == Desk()
    made = fields.from_dict(Desk, {"pen": {"width": 2, "tips": ["round"]}, "paper": 80})
    assert made == Desk(Pen(2.0, "black", ("round",)), 2, False, 80)
    assert isinstance(made.pen.width, float) and isinstance(made.pen.tips, tuple)


@pytest.mark.parametrize(
    "values, said",
    [
        ({"drawer": 1}, "'drawer'; did you mean drawers"),
        ({"pen": {"inks": "red"}}, "'pen.inks'; did you mean pen.ink"),
        ({"quill": 1}, "'quill'; sections are pen"),
        ({"pen": 3}, "section 'pen' is 3; expected an object"),
        ({"drawers": 1.5}, "drawers is 1.5; expected a whole number"),
        ({"drawers": True}, "drawers is True; expected a whole number"),
        ({"locked": 1}, "locked is 1; expected true or false"),
        ({"paper": 0.5}, "paper is 0.5; expected a text or a whole number"),
        ({"pen": {"tips": "round"}}, "pen.tips is 'round'; expected a list of texts"),
        ({"pen": {"width": math.nan}}, "pen.width is nan; expected a finite number"),
    ],
)
def test_what_does_not_fit_is_refused(values, said):
    with pytest.raises(ValueError) as error:
        fields.from_dict(Desk, values)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "text, field_type, value",
    [
        ("TRUE", bool, True),
        ("0", bool, False),
        ("12", int, 12),
        ("3e-4", float, 3e-4),
        ("red", str, "red"),
        ("-3", str | int, -3),
        ("auto", str | int, "auto"),
        ("a.npz, b.npz,", tuple[str, ...], ("a.npz", "b.npz")),
    ],
)
def test_texts_are_parsed_by_type(text, field_type, value):
    assert fields.parse("key", text, field_type) == value


@pytest.mark.parametrize("text, field_type", [("yes", bool), ("1.5", int), ("one", float)])
def test_a_text_of_another_type_is_refused(text, field_type):
    with pytest.raises(ValueError, match=f"key is '{text}'; expected "):
        fields.parse("key", text, field_type)
