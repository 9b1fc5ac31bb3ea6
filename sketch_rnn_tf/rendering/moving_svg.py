"""Moving pictures as SVG, with the animation elements every browser plays, also where the file is shown as an image.

Whoever does not play them shows the finished drawing, or the last frame.
"""

from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.rendering import clock
from sketch_rnn_tf.rendering.figure import Figure
from sketch_rnn_tf.rendering.gif_file import schedule
from sketch_rnn_tf.rendering.svg_file import add_drawing, add_page, document


def drawing_svg(
    figure: Figure, *, seconds: float = 4.0, hold: float = 1.5, loop: bool = True, timing: str = "length"
) -> str:
    """Draws a figure before one's eyes; arguments and errors as `gif_file.drawing_gif`."""
    checks.at_least("hold", hold, 0)
    pens = clock.clocks(figure, seconds, timing)
    root, ink = document(figure)
    total = seconds + hold
    for lines, pen in zip(figure.drawings, pens):
        for path, line, times in zip(add_drawing(ink, lines), lines, pen):
            keys = times / total
            if keys[0] > 0:
                _animate(path, "opacity", "0;1", [0, keys[0]], total, loop, "discrete")
            if keys[-1] > keys[0]:
                # One dash, as long as the share that is drawn, then a gap that is longer than the path.
                path.set("pathLength", "1")
                shares = _shares(line.points)
                if timing == "length":
                    keys, shares = keys[[0, -1]], [0.0, 1.0]
                dashes = ";".join(f"{_short(share)} 2" for share in [0, *shares, 1])
                _animate(path, "stroke-dasharray", dashes, [0, *keys, 1], total, loop, "linear")
    return ElementTree.tostring(root, encoding="unicode")


def frames_svg(
    figures: Sequence[Figure],
    *,
    seconds: float = 3.0,
    hold: float = 1.0,
    back_and_forth: bool = False,
    loop: bool = True,
) -> str:
    """Shows figures one after another, as a morph; arguments and errors as `gif_file.frames_gif`."""
    order, durations = schedule(figures, seconds, hold, back_and_forth)
    ends = np.cumsum(durations)
    root, _ = document(figures[-1]._replace(rules=[], texts=[]))
    shown = len(figures) - 1
    for place, figure in enumerate(figures):
        group = ElementTree.SubElement(root, "g", {} if place == shown else {"visibility": "hidden"})
        ink = add_page(group, figure._replace(background=None))
        for lines in figure.drawings:
            add_drawing(ink, lines)
        if len(order) > 1:
            states = ["visible" if one == place else "hidden" for one in order]
            keys = [0, *(ends[:-1] / ends[-1])]
            changes = [i for i in range(len(states)) if i == 0 or states[i] != states[i - 1]]
            values, keys = ";".join(states[i] for i in changes), [keys[i] for i in changes]
            _animate(group, "visibility", values, keys, ends[-1], loop, "discrete")
    return ElementTree.tostring(root, encoding="unicode")


def _animate(
    parent, attribute: str, values: str, keys: Sequence[float], seconds: float, loop: bool, mode: str
):
    ElementTree.SubElement(
        parent,
        "animate",
        {
            "attributeName": attribute,
            "values": values,
            "keyTimes": ";".join(map(_short, keys)),
            "dur": f"{_short(seconds)}s",
            "calcMode": mode,
            **({"repeatCount": "indefinite"} if loop else {"fill": "freeze"}),
        },
    )


def _shares(points: np.ndarray) -> np.ndarray:
    """Returns how much of a line's length lies before each of its points, `[P]`, from 0 to 1."""
    lengths = np.cumsum(np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T))
    return lengths / (lengths[-1] or 1.0)


def _short(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")
