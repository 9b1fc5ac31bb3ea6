"""The modes of sketch_rnn_generate: each draws what one of the papers' figures shows, and says how it is laid out."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sketch_rnn_tf import rendering
from sketch_rnn_tf.generation import completion, interpolation, switching
from sketch_rnn_tf.generation.inputs import Inputs
from sketch_rnn_tf.rendering import colors

PRIOR_TEMPERATURES = np.linspace(0.2, 0.9, 8)  # figure 3 of the paper
COPY_TEMPERATURES = np.linspace(0.01, 1.0, 9)  # figure 5
SKETCHES_TO_RANK = 200


class Sheet(NamedTuple):
    """What a mode made.

    Attributes:
        drawings: all that is shown, as `rendering.grid` takes it: inputs and drawings.
        made: the drawings alone, for data files.
        layout: options of `rendering.grid`.
        frames: what a moving picture shows one after another, each as `rendering.grid` takes it; None where it draws itself.
        frame_colors: for each frame, `rendering.grid`'s color.
        pages: figures in mm, for modes that fill pages.
    """

    drawings: Any
    made: list[np.ndarray]
    layout: dict
    frames: list | None = None
    frame_colors: list | None = None
    pages: list | None = None


@dataclasses.dataclass
class Request:
    """What was asked for.

    Attributes:
        model: the `SketchModel` that draws.
        inputs: sketches to start from.
        others: models that go on, in turn, when switching.
        class_names: as named; may be empty.
        num: drawings; the mode's own number where None.
        rows, cols: of a grid.
        temperatures: as given; the mode's own where empty.
        share: what stands when an ending begins or hands change; one, or one a switch.
        share_of: "points" or "strokes", where a share may fall.
        weights: of an analogy's terms.
        method: "slerp" or "lerp".
        dimensions: to sweep; those the model uses most where empty.
        low, high: ends of a sweep.
        spread: of a pattern, in standard deviations of the posterior.
        z: "likely", "prior", "partial", or "input" for the second input, by which a conditional model completes.
        same_units: whether the models' data have one unit.
        page: options of `rendering.pattern_pages`, `booklet_pages` and `lesson_pages` that were given.
        steps: of a lesson; as many as fit where None.
        look: options of `rendering.grid` that hold for every mode.
        options: seed, greedy, max_steps and temperature_mode, as in `SketchModel.decode`.
    """

    model: Any
    inputs: Inputs
    others: Sequence = ()
    class_names: Sequence[str] = ()
    num: int | None = None
    rows: int = 5
    cols: int = 5
    temperatures: Sequence[float] = ()
    share: Sequence[float] = ()
    share_of: str = "points"
    weights: Sequence[float] = ()
    method: str = "slerp"
    dimensions: Sequence[int] = ()
    low: float = -3.0
    high: float = 3.0
    spread: float = 1.0
    z: str = "likely"
    same_units: bool = True
    page: dict = dataclasses.field(default_factory=dict)
    steps: int | None = None
    look: dict = dataclasses.field(default_factory=dict)
    options: dict = dataclasses.field(default_factory=dict)

    def drawing(self, temperature: float) -> dict:
        """Returns the options of `decode`, with a mode's own temperature where none was given."""
        if len(self.temperatures) > 1:
            raise ValueError(f"{len(self.temperatures)} temperatures were given; only strips take several")
        return {
            "temperature": self.temperatures[0] if len(self.temperatures) else temperature,
            **self.options,
        }

    def classes(self, num: int) -> list[str] | None:
        """Returns the named classes in turn, one a drawing."""
        names = self.class_names
        return [names[place % len(names)] for place in range(num)] if names else None


def sample(request: Request) -> Sheet:
    """New drawings."""
    num = 9 if request.num is None else request.num
    made = request.model.generate(num, class_name=request.classes(num), **request.drawing(0.4))
    return Sheet(made, made, {"title": _title(num, "drawing")})


def reconstruct(request: Request, temperature: float = 0.1) -> Sheet:
    """Each input in red, then its copy."""
    sketches, names = request.inputs.take(request.num or 9)
    made = request.model.reconstruct(sketches, class_name=names, **request.drawing(temperature))
    shown = [drawing for pair in zip(sketches, made) for drawing in pair]
    given = [count for sketch in sketches for count in (len(sketch), 0)]
    return Sheet(shown, made, {"columns": 2 if len(sketches) <= 4 else 6, "given": given})


def tidy(request: Request) -> Sheet:
    """Each input in red, then redrawn cleanly: encoded, and drawn at a temperature near 0 (section 5 of the paper)."""
    return reconstruct(request, temperature=0.01)


def strip(request: Request) -> Sheet:
    """Rows at rising temperature, blue to red; of inputs, which then stand at the left, where any are named."""
    copies = request.inputs.given is not None or request.inputs.indexes
    temperatures = list(request.temperatures) or list(COPY_TEMPERATURES if copies else PRIOR_TEMPERATURES)
    num = 4 if request.num is None else request.num
    if copies:
        sketches, names = request.inputs.take(num)
        rows = request.model.strip(temperatures, sketches, class_name=names, **request.options)
    else:
        sketches = [None] * num
        rows = request.model.strip(temperatures, num=num, class_name=request.classes(num), **request.options)
    hues = colors.temperature_colors(temperatures)
    titles = [f"{temperature:.2g}" for temperature in temperatures]
    made = [drawing for row in rows for drawing in row]
    if not copies:
        return Sheet(rows, made, {"color": hues * num, "column_titles": titles})
    shown = [[sketch, *row] for sketch, row in zip(sketches, rows)]
    layout = {
        "color": [colors.theme_named(request.look.get("theme", "light")).ink, *hues] * len(rows),
        "column_titles": ["input", *titles],
    }
    return Sheet(shown, made, layout)


def complete(request: Request) -> Sheet:
    """Unfinished sketches in red, each followed by endings of it."""
    sketches, names = request.inputs.take(*((2, 2) if request.z == "input" else (3, 1)), images=False)
    z = request.z
    if z == "input":
        z, sketches = sketches[1], sketches[:1]
    if request.share or request.inputs.given is None:
        share = request.share[0] if request.share else 0.5
        sketches = [completion.cut(sketch, share, request.share_of) for sketch in sketches]
    num = 7 if request.num is None else request.num
    rows, made, given = [], [], []
    for place, sketch in enumerate(sketches):
        name = None if names is None else names[place]
        endings = request.model.complete(sketch, num, z=z, class_name=name, **request.drawing(0.8))
        rows.append([sketch, *endings])
        made += endings
        given += [len(sketch)] * (num + 1)
    return Sheet(rows, made, {"given": given})


def interpolate(request: Request) -> Sheet:
    """Two inputs in red, and what lies between them."""
    return _way(request, 2)


def path(request: Request) -> Sheet:
    """A way through any number of inputs, a row from each to the next."""
    return _way(request, 3)


def _way(request: Request, count: int) -> Sheet:
    sketches, names = request.inputs.take(count, 2)
    sketches, names = (sketches[:2], names and names[:2]) if count == 2 else (sketches, names)
    num = 10 if request.num is None else request.num
    made = request.model.path(sketches, num, method=request.method, class_name=names, **request.drawing(0.1))
    legs = len(sketches) - 1
    ends = [colors.CORNERS[place % len(colors.CORNERS)] for place in range(legs + 1)]
    hues = [hue for a, b in zip(ends, ends[1:]) for hue in colors.gradient(num, a, b)[:-1]] + ends[-1:]
    rows, shown_hues = [], []
    for leg in range(legs):
        stops = slice(leg * (num - 1), (leg + 1) * (num - 1) + 1)
        rows.append([sketches[leg], *made[stops], sketches[leg + 1]])
        shown_hues += [ends[leg], *hues[stops], ends[leg + 1]]
    titles = ["input", *[f"{share:.2g}" for share in np.linspace(0, 1, num)], "input"]
    frames = [[drawing] for drawing in made]
    layout = {"color": shown_hues, "column_titles": titles}
    return Sheet(rows, made, layout, frames, [[hue] for hue in hues])


def grid(request: Request) -> Sheet:
    """Four inputs at the corners, the model's copies of them, and what lies between, in colours blended likewise."""
    sketches, names = request.inputs.take(4, 4)
    rows = request.model.grid(
        sketches[:4],
        request.rows,
        request.cols,
        method=request.method,
        class_name=names and names[:4],
        **request.drawing(0.1),
    )
    layout = {"color": colors.corner_blend(request.rows, request.cols), "rules": False}
    return Sheet(rows, [drawing for row in rows for drawing in row], layout)


def analogy(request: Request) -> Sheet:
    """The terms in red with their weights, then their sum."""
    weights = list(request.weights) or [1.0, -1.0, 1.0]
    sketches, names = request.inputs.take(len(weights), len(weights))
    sketches, names = sketches[: len(weights)], names and names[: len(weights)]
    num = 1 if request.num is None else request.num
    made = request.model.analogy(list(zip(weights, sketches)), num, class_name=names, **request.drawing(0.1))
    captions = [f"{weight:+g}" for weight in weights] + ["="] * num
    given = [len(sketch) for sketch in sketches] + [0] * num
    return Sheet([[*sketches, *made]], made, {"captions": captions, "given": given})


def sweep(request: Request) -> Sheet:
    """An input, or the middle of the latent space, moved along latent dimensions, a row each."""
    num = 9 if request.num is None else request.num
    dimensions = list(request.dimensions)
    if not dimensions:
        many, classes = request.inputs.many(SKETCHES_TO_RANK)
        mu, log_var = request.model.encode(many, classes)
        dimensions = interpolation.most_used_dimensions(mu, log_var)[: request.rows].tolist()
    sketches, names = request.inputs.take(1)
    rows = [
        request.model.sweep(
            sketches[0],
            dimension,
            num,
            low=request.low,
            high=request.high,
            class_name=names and names[0],
            **request.drawing(0.1),
        )
        for dimension in dimensions
    ]
    layout = {
        "column_titles": [f"{step:+.2g}" for step in np.linspace(request.low, request.high, num)],
        "row_titles": [f"z {dimension}" for dimension in dimensions],
        "color": colors.gradient(num) * len(rows),
    }
    made = [drawing for row in rows for drawing in row]
    frames = [[[row[column]] for row in rows] for column in range(num)]
    hues = colors.gradient(num)
    return Sheet(rows, made, layout, frames, [[hue] * len(rows) for hue in hues])


def switch(request: Request) -> Sheet:
    """Drawings begun as one object, in one colour, and finished as another, by one model or by several."""
    made, ends, _ = _switched(request)
    return Sheet(made, made, {**_by_hand(ends), "title": _title(len(made), "switched drawing")})


def booklet(request: Request) -> Sheet:
    """Switched drawings, a page each."""
    made, ends, hands = _switched(request)
    names = [hand.class_name or " and ".join(hand.model.class_names) for hand in hands]
    captions = [" + ".join(names)] * len(made)
    look = _by_hand(ends)
    pages = rendering.booklet_pages(
        made,
        captions=captions,
        **look,
        **_only(request.page, ("page", "margin")),
        **_only(request.look, ("theme",)),
    )
    return Sheet(made, made, {**look, "captions": captions}, pages=pages)


def _switched(request: Request) -> tuple[list, list, list]:
    models = [request.model, *request.others]
    names: list = list(request.class_names)
    if not request.others:
        if not request.model.class_conditional:
            raise ValueError(
                "this model has no classes to switch between; name a second model with --workdir2"
            )
        names = names or list(request.model.class_names[:2])
        models = [request.model] * len(names)
    else:
        queue = iter(names)
        names = [next(queue, None) if model.class_conditional else None for model in models]
        if next(queue, None) is not None:
            raise ValueError("more classes are named than models are class-conditional; name one for each")
    hands = [switching.Hand(model, name) for model, name in zip(models, names)]
    sketches = None
    if request.inputs.given is not None or request.inputs.indexes:
        sketches = request.inputs.drawings(9 if request.num is None else request.num)
    made, ends = switching.switch(
        hands,
        9 if request.num is None else request.num,
        share=(request.share[0] if len(request.share) == 1 else request.share) if request.share else 0.5,
        sketches=sketches,
        at=request.share_of,
        same_units=request.same_units,
        **request.drawing(0.4),
    )
    return made, ends, hands


def _by_hand(ends: list) -> dict:
    """Returns the options that give what stood at the last switch one colour and the rest another."""
    return {
        "given": [stops[-1] for stops in ends],
        "given_color": colors.CORNERS[0],
        "color": colors.CORNERS[1],
    }


def pattern(request: Request) -> Sheet:
    """Many similar drawings of one input, tiled over pages; a decoder-only model's are new drawings."""
    num = 24 if request.num is None else request.num
    if request.model.network.conditional:
        sketches, names = request.inputs.take(1)
        made = request.model.variations(
            sketches[0],
            num,
            spread=request.spread,
            class_name=names and names[0],
            **request.drawing(0.3),
        )
    else:
        made = request.model.generate(num, class_name=request.classes(num), **request.drawing(0.4))
    look = _only(request.look, ("theme", "color_by_order"))
    pages = rendering.pattern_pages(made, seed=request.options.get("seed", 0), **request.page, **look)
    return Sheet(made, made, {"rules": False}, pages=pages)


def lesson(request: Request) -> Sheet:
    """How to draw inputs, or new drawings, step by step, a page each."""
    if request.inputs.given is not None or request.inputs.indexes:
        made = request.inputs.drawings(1)
    else:
        num = 1 if request.num is None else request.num
        made = request.model.generate(num, class_name=request.classes(num), **request.drawing(0.1))
    made = [drawing for drawing in made if len(drawing)]
    if not made:
        raise ValueError("the model drew nothing to learn; take another --seed or a higher --temperature")
    pages = rendering.lesson_pages(
        made,
        steps=request.steps,
        **_only(request.page, ("page", "margin")),
        **_only(request.look, ("theme",)),
    )
    return Sheet(made, made, {}, pages=pages)


def _only(options: dict, names: Sequence[str]) -> dict:
    return {name: value for name, value in options.items() if name in names}


def _title(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"


MODES: dict[str, Callable[[Request], Sheet]] = {
    "sample": sample,
    "reconstruct": reconstruct,
    "tidy": tidy,
    "strip": strip,
    "complete": complete,
    "interpolate": interpolate,
    "path": path,
    "grid": grid,
    "analogy": analogy,
    "sweep": sweep,
    "switch": switch,
    "pattern": pattern,
    "lesson": lesson,
    "booklet": booklet,
}
