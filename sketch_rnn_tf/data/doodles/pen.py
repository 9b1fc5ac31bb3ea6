"""The hand: ideal strokes become wobbly, unevenly sampled pen points."""

import numpy as np

SIZE = (190, 255)  # pixels of the longer side
LENGTH_TIME, BEND_TIME, LARGEST_BEND = 1.3, 1.0, 1.2  # a unit of length, a radian, radians at a sharp corner
JOIN_DISTANCE = 0.12  # strokes that end nearer than this to the next one's start may be drawn in one go


class Hand:
    """One drawer on one occasion: how careful, how slanted, how fast.

    Args:
        rng: decides everything.
    """

    def __init__(self, rng: np.random.Generator):
        self.rng = rng
        self.wobble = rng.gamma(3.0, 0.006)  # size of the slow drift of a line, in units of the box
        self.tremor = rng.uniform(0.001, 0.004)
        self.misplace = rng.gamma(2.0, 0.008)  # how far strokes start from where they should
        self.round_corners = rng.integers(0, 4)  # points over which corners are smoothed
        self.spacing = rng.uniform(0.8, 1.3)  # time from point to point
        self.reverse_rate = rng.uniform(0.0, 0.3)
        self.swap_rate = rng.uniform(0.0, 0.25)
        self.join_rate = rng.uniform(0.0, 0.5)
        turn, slant = rng.normal(0, 0.06), rng.normal(0, 0.08)
        aspect = np.exp(rng.normal(0, 0.07))
        c, s = np.cos(turn), np.sin(turn)
        self.matrix = np.array([[c, s], [-s, c]]) @ np.array([[aspect, 0.0], [slant, 1 / aspect]])

    def draw(self, strokes: list[np.ndarray]) -> np.ndarray:
        """Returns int16 stroke-3 `[N, 3]` of ideal strokes `[P, 2]`, in the order in which they come to the pen."""
        strokes = self._ordered(strokes)
        owner = np.repeat(np.arange(len(strokes)), [len(stroke) for stroke in strokes])
        line = self._wobbly(np.concatenate(strokes), owner) @ self.matrix
        points, owner = self._sampled(line, owner)
        low, high = points.min(axis=0), points.max(axis=0)
        points *= self.rng.uniform(*SIZE) / max((high - low).max(), 1e-9)
        absolute = np.rint(points - points[0]).astype(np.int64)
        offsets = absolute[1:] - absolute[:-1]
        lifted = np.append(owner[2:] != owner[1:-1], True)
        # Points that rounding left in place are dropped, unless the pen is lifted there or has just been.
        kept = (offsets != 0).any(axis=1) | lifted | np.append(False, lifted[:-1])
        return np.concatenate([offsets, lifted[:, None]], axis=1)[kept].astype(np.int16)

    def _ordered(self, strokes):
        order = list(strokes)
        for place in range(len(order) - 1):
            if self.rng.random() < self.swap_rate:
                order[place], order[place + 1] = order[place + 1], order[place]
        order = [stroke[::-1] if self.rng.random() < self.reverse_rate else stroke for stroke in order]
        joined = [order[0]]
        for stroke in order[1:]:
            near = np.abs(joined[-1][-1] - stroke[0]).max() < JOIN_DISTANCE
            if near and self.rng.random() < self.join_rate:
                joined[-1] = np.concatenate([joined[-1], stroke])
            else:
                joined.append(stroke)
        return joined

    def _wobbly(self, line, owner):
        """Rounds corners, lets each stroke drift and start in a slightly wrong place, and adds tremor."""
        rng, count = self.rng, owner[-1] + 1
        inner = ((owner[1:-1] == owner[:-2]) & (owner[1:-1] == owner[2:]))[:, None]
        for _ in range(self.round_corners):
            line[1:-1] = np.where(inner, (line[:-2] + 2 * line[1:-1] + line[2:]) / 4, line[1:-1])
        length = np.concatenate([[0], np.cumsum(_step_lengths(line))])
        # Slow drift: three waves of different lengths; a short stroke has less room to drift.
        phase, pace = rng.uniform(0, 6.3, (3, 1, 2)), rng.uniform(1, 6, (3, 1, 2))
        drift = np.sin(length[:, None] * pace + phase).sum(axis=0) * self.wobble / 1.5
        first = np.searchsorted(owner, np.arange(count))
        last = np.append(first[1:], len(owner)) - 1
        room = np.minimum(1.0, 0.25 + length[last] - length[first])[owner]
        slips = rng.normal(0, self.misplace, (count, 2))[owner]
        return line + drift * room[:, None] + slips + rng.normal(0, self.tremor, line.shape)

    def _sampled(self, line, owner):
        """Takes points at even time: the pen is slow where the line bends and fast where it is straight."""
        steps = line[1:] - line[:-1]
        cross = steps[:-1, 0] * steps[1:, 1] - steps[:-1, 1] * steps[1:, 0]
        bend = np.abs(np.arctan2(cross, (steps[:-1] * steps[1:]).sum(axis=1) + 1e-12))
        pause = LENGTH_TIME * _step_lengths(line)
        pause[1:] += BEND_TIME * np.minimum(bend, LARGEST_BEND)
        pause[owner[1:] != owner[:-1]] = 0.0  # between strokes the pen is in the air
        time = np.concatenate([[0], np.cumsum(pause)])
        first = np.searchsorted(owner, np.arange(owner[-1] + 1))
        last = np.append(first[1:], len(owner)) - 1
        span = time[last] - time[first]
        counts = np.maximum(2, np.rint(span / self.spacing + self.rng.uniform(1.2, 2.2, len(span)))).astype(
            int
        )
        sampled = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(len(sampled)) - np.repeat(np.cumsum(counts) - counts, counts)
        share = place / (counts - 1)[sampled]
        inside = (share > 0) & (share < 1)
        share = share + inside * self.rng.uniform(-0.3, 0.3, len(share)) / (counts - 1)[sampled]
        # The line's index at each tick; a tick never leaves its own stroke.
        index = np.interp(time[first][sampled] + share * span[sampled], time, np.arange(len(time)))
        index = np.clip(index, first[sampled], last[sampled])
        index[share == 0], index[share == 1] = first, last
        below = np.minimum(index.astype(int), len(line) - 2)
        part = (index - below)[:, None]
        return line[below] * (1 - part) + line[below + 1] * part, sampled


def _step_lengths(line):
    return np.hypot(*(line[1:] - line[:-1]).T)
