// Drawings as lines of points and as stroke-3 offsets `[dx, dy, pen lifted after this point]`, in one unit.

/** Returns stroke-3 points as polylines `[[[x, y], ...], ...]`; the first line begins at `origin`. */
export function toLines(strokes, origin = [0, 0]) {
  let [x, y] = origin;
  const lines = [[[x, y]]];
  for (const [dx, dy, lifted] of strokes) {
    x += dx;
    y += dy;
    lines.at(-1).push([x, y]);
    if (lifted) lines.push([[x, y]]);
  }
  // A line begins where the pen was when it was lifted only on paper: that point belongs to the move, not to the line.
  return lines.map((line, place) => (place ? line.slice(1) : line)).filter((line) => line.length);
}

/** Returns polylines as stroke-3 points from the first line's first point, which is the origin and gives no row. */
export function toStrokes(lines, lifted = true) {
  const strokes = [];
  let last = null;
  lines.forEach((line, place) => {
    line.forEach((point, i) => {
      if (last) {
        const ends = i === line.length - 1 && (lifted || place < lines.length - 1);
        strokes.push([point[0] - last[0], point[1] - last[1], ends ? 1 : 0]);
      }
      last = point;
    });
  });
  return strokes;
}

/** Returns the points of a line that Ramer-Douglas-Peucker keeps (Douglas & Peucker 1973), `epsilon` in the line's unit. */
function rdp(points, epsilon) {
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const waiting = [[0, points.length - 1]];
  while (waiting.length) {
    const [begin, end] = waiting.pop();
    const [across, down] = [points[end][0] - points[begin][0], points[end][1] - points[begin][1]];
    const length = Math.hypot(across, down);
    let [most, farthest] = [-1, begin];
    for (let i = begin + 1; i < end; i++) {
      const [dx, dy] = [points[i][0] - points[begin][0], points[i][1] - points[begin][1]];
      const distance = length ? Math.abs(dx * down - dy * across) / length : Math.hypot(dx, dy);
      if (distance > most) [most, farthest] = [distance, i];
    }
    if (most > epsilon) {
      keep[farthest] = 1;
      waiting.push([begin, farthest], [farthest, end]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

/** Simplifies polylines, each by Ramer-Douglas-Peucker; 2 is what QuickDraw's drawings, 255 wide, were simplified with. */
export function simplify(lines, epsilon = 2) {
  if (!(epsilon >= 0)) throw new RangeError(`epsilon is ${epsilon}; expected 0 or more`);
  return lines.map((line) => rdp(line, epsilon));
}
