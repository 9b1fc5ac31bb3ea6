"""The hand: ideal strokes become wobbly, unevenly sampled pen points."""

import numpy as np

SIZE = (200, 255)  # pixels of the longer side
LENGTH_TIME, BEND_TIME, LARGEST_BEND = 1.3, 1.0, 1.2  # a unit of length, a radian, radians at a sharp corner
JOIN_DISTANCE = 0.12  # strokes that end nearer than this to the next one's start may be drawn in one go
CLOSED, CORNER = 0.02, 0.5  # distance of the ends of a closed stroke; radians where it may be begun


class Hand:
    """One drawer on one occasion: how careful, how slanted, how fast.

    Args:
        rng: decides everything.
    """

    def __init__(self, rng: np.random.Generator):
        self.rng = rng
        care = rng.gamma(4.0, 0.25)  # 1 on average, below 1 for the careful
        self.wobble = 0.016 * care  # size of the slow drift of a line, in units of the box
        self.tremor = rng.uniform(0.001, 0.004)
        self.misplace = 0.016 * care  # how far strokes start from where they should
        self.round_corners = rng.integers(0, 3)  # times corners are smoothed
        self.spacing = rng.uniform(0.3, 0.75)  # time from point to point
        self.reverse_rate = rng.uniform(0.0, 0.4)
        self.swap_rate = rng.uniform(0.0, 0.35)
        self.join_rate = rng.uniform(0.0, 0.6)
        turn, slant, aspect = rng.normal(0, [0.06, 0.08, 0.1])
        c, s, aspect = np.cos(turn), np.sin(turn), np.exp(aspect)
        self.matrix = np.array([[c, s], [-s, c]]) @ np.array([[aspect, 0.0], [slant, 1 / aspect]])

    def draw(self, strokes: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Draws ideal strokes `[P, 2]`; returns points `[R, 2]` in pixels and the number of the stroke of each `[R]`."""
        strokes = self._ordered(strokes)
        owner = np.repeat(np.arange(len(strokes)), [len(stroke) for stroke in strokes])
        line = self._wobbly(self._out_of_proportion(np.concatenate(strokes)), owner) @ self.matrix
        points, owner = self._sampled(line, owner)
        side = (points.max(axis=0) - points.min(axis=0)).max()
        return (points - points[0]) * (self.rng.uniform(*SIZE) / max(side, 1e-9)), owner

    def _ordered(self, strokes):
        """Begins closed strokes elsewhere, swaps neighbours, turns strokes round and joins some that touch."""
        rng = self.rng
        order = [self._begun_elsewhere(stroke) for stroke in strokes]
        for place in np.flatnonzero(rng.random(len(order) - 1) < self.swap_rate):
            order[place], order[place + 1] = order[place + 1], order[place]
        reverse, join = rng.random(len(order)) < self.reverse_rate, rng.random(len(order)) < self.join_rate
        order = [stroke[::-1] if back else stroke for stroke, back in zip(order, reverse)]
        joined = [order[0]]
        for stroke, wanted in zip(order[1:], join[1:]):
            x, y = joined[-1][-1] - stroke[0]
            if wanted and abs(x) < JOIN_DISTANCE and abs(y) < JOIN_DISTANCE:
                joined[-1] = np.concatenate([joined[-1], stroke])
            else:
                joined.append(stroke)
        return joined

    def _begun_elsewhere(self, stroke):
        if len(stroke) < 8 or np.abs(stroke[0] - stroke[-1]).max() > CLOSED or self.rng.random() < 0.4:
            return stroke
        ring = stroke[:-1]
        steps = stroke[1:] - ring
        angle = np.arctan2(steps[:, 1], steps[:, 0])
        bend = np.abs((angle - np.roll(angle, 1) + np.pi) % (2 * np.pi) - np.pi)
        corners = np.flatnonzero(bend > CORNER)
        start = self.rng.choice(corners) if len(corners) > 2 else self.rng.integers(len(ring))
        ring = np.concatenate([ring[start:], ring[:start]])
        return np.concatenate([ring, ring[:1]])

    def _out_of_proportion(self, line):
        """Stretches some regions of the drawing and squeezes others, smoothly."""
        size, pace, phase = (
            self.rng.normal(0, 0.05, 4),
            self.rng.uniform(1.0, 3.0, 4),
            self.rng.uniform(0, 6.3, 4),
        )
        waves = size * np.sin(line[:, [0, 1, 1, 0]] * pace + phase)
        return line + waves[:, :2] + waves[:, 2:]

    def _wobbly(self, line, owner):
        """Rounds corners, lets each stroke drift, start, end and close in a slightly wrong place, and adds tremor."""
        rng, count = self.rng, owner[-1] + 1
        first = np.searchsorted(owner, np.arange(count))
        last = np.append(first[1:], len(owner)) - 1
        fixed = np.ones(len(line), bool)
        fixed[first] = fixed[last] = False
        inner = np.flatnonzero(fixed)
        for _ in range(self.round_corners):
            line[inner] = (line[inner - 1] + 2 * line[inner] + line[inner + 1]) / 4
        # Lines end a little too soon or too late.
        line[last] += (line[last] - line[last - 1]) * rng.uniform(-0.4, 0.8, (count, 1))
        length = np.append(0, np.cumsum(_step_lengths(line)))
        long = length[last] - length[first]
        # Slow drift: three waves of different lengths; a short stroke has less room to drift.
        phase, pace = rng.uniform(0, 6.3, (3, 1, 2)), rng.uniform(1, 6, (3, 1, 2))
        drift = np.sin(length[:, None] * pace + phase).sum(axis=0) * self.wobble / 1.5
        room = np.minimum(1.0, 0.25 + long)
        slips = rng.normal(0, self.misplace, (2, count, 2))
        slips[1] *= room[:, None]
        progress = ((length - length[first][owner]) / np.maximum(long, 1e-9)[owner])[:, None]
        wrong = slips[0][owner] + slips[1][owner] * (progress - 0.5)
        return line + drift * room[owner][:, None] + wrong + rng.normal(0, self.tremor, line.shape)

    def _sampled(self, line, owner):
        """Takes points at even time: the pen is slow where the line bends and fast where it is straight."""
        steps = line[1:] - line[:-1]
        cross = steps[:-1, 0] * steps[1:, 1] - steps[:-1, 1] * steps[1:, 0]
        bend = np.abs(np.arctan2(cross, (steps[:-1] * steps[1:]).sum(axis=1) + 1e-12))
        pause = LENGTH_TIME * _step_lengths(line)
        pause[1:] += BEND_TIME * np.minimum(bend, LARGEST_BEND)
        pause[owner[1:] != owner[:-1]] = 0.0  # between strokes the pen is in the air
        time = np.append(0, np.cumsum(pause))
        first = np.searchsorted(owner, np.arange(owner[-1] + 1))
        last = np.append(first[1:], len(owner)) - 1
        span = time[last] - time[first]
        counts = np.maximum(2, (span / self.spacing + 2.5).astype(int))
        sampled = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(len(sampled)) - (np.cumsum(counts) - counts)[sampled]
        ticks = (counts - 1)[sampled]
        inside = (place > 0) & (place < ticks)
        share = (place + inside * self.rng.uniform(-0.3, 0.3, len(place))) / ticks
        # The line's index at each tick; a tick never leaves its own stroke.
        index = np.interp(time[first][sampled] + share * span[sampled], time, np.arange(len(time)))
        index = np.clip(index, first[sampled], last[sampled])
        index[share == 0], index[share == 1] = first, last
        below = np.minimum(index.astype(int), len(line) - 2)
        return line[below] + (index - below)[:, None] * (line[below + 1] - line[below]), sampled


def _step_lengths(line):
    steps = line[1:] - line[:-1]
    return np.hypot(steps[:, 0], steps[:, 1])
