"""When the pen is where: the time of every point, for drawings that draw themselves."""

from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.rendering.figure import Figure, Line

TIMINGS = ("length", "points")
# A lifted pen moves this many times as fast as one that draws.
LIFTED_SPEED = 3.0

Clock = list[np.ndarray]


def clocks(figure: Figure, seconds: float, timing: str) -> list[Clock]:
    """Tells when the pen of each drawing comes to each point.

    All drawings begin together and go at one speed, so the one that takes longest ends last, after `seconds`.

    Args:
        figure: what is drawn.
        seconds: above 0.
        timing: "length": the pen moves steadily, three times as fast where it is lifted; "points": from each point to the
            next takes equally long, as a decoder draws (people slow down where points are dense).

    Returns:
        for each drawing, for each of its lines, the seconds `[P]` at which its points are reached, ascending.

    Raises:
        ValueError: `seconds` or `timing` is out of range.
    """
    checks.positive("seconds", seconds)
    checks.one_of("timing", timing, TIMINGS)
    times = [_times(lines, timing) for lines in figure.drawings]
    longest = max((clock[-1][-1] for clock in times if clock), default=0.0) or 1.0
    return [[line / longest * seconds for line in clock] for clock in times]


def until(lines: Sequence[Line], clock: Clock, time: float) -> list[Line]:
    """Returns what the pen has drawn by `time`; the line it is on ends where the pen is."""
    drawn = []
    for line, times in zip(lines, clock):
        if times[0] > time:
            break
        count = int(np.searchsorted(times, time, side="right"))
        points = line.points[:count]
        if count < len(times):
            share = (time - times[count - 1]) / (times[count] - times[count - 1])
            tip = line.points[count - 1] + share * (line.points[count] - line.points[count - 1])
            points = np.concatenate([points, tip[None]])
        drawn.append(line._replace(points=points))
    return drawn


def _times(lines: Sequence[Line], timing: str) -> Clock:
    if not lines:
        return []
    points = np.concatenate([line.points for line in lines])
    lengths = np.array([len(line.points) for line in lines])
    if timing == "points":
        steps = np.ones(len(points))
    else:
        steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
        steps[np.cumsum(lengths)[:-1]] /= LIFTED_SPEED
    steps[0] = 0.0
    # A line that goes on where another ends, as the rest of a stroke given in part, waits for nothing.
    starts = np.cumsum(lengths)[:-1]
    steps[starts[(points[starts] == points[starts - 1]).all(axis=1)]] = 0.0
    return np.split(np.cumsum(steps), starts)
