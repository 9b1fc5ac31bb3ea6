// What each mode asks of the model: a list of drawings, each the lines that stand and an iterator of what is drawn.
import { slerp } from "../latent.js";
import { simplify, toLines, toStrokes } from "../strokes.js";
import { frame } from "./picture.js";
import { SIDE } from "./surface.js";

// Units of the surface that make one normalised unit, so that models of any data draw at one size (QuickDraw: about 1 to 1).
const UNIT = 33;
const EPSILON = 2;
// z that are weighed for a beginning: many, but in all so many steps at most, so that endings of a long one appear soon too.
const [FEW, MANY, STEPS] = [16, 64, 1200];
const MIDDLE = [SIDE / 2, SIDE / 2];

/** Returns a drawing's lines as strokes of the model's data. */
export function strokesOf(model, lines) {
  const ratio = model.scaleFactor / UNIT;
  const simple = simplify(lines.filter((line) => line.length), EPSILON);
  return toStrokes(simple).map(([dx, dy, lifted]) => [dx * ratio, dy * ratio, lifted]);
}

/** Returns strokes of the model's data as lines on the surface. */
export function linesOf(model, strokes, origin, drawnBefore) {
  const ratio = UNIT / model.scaleFactor;
  const lines = toLines(strokes.map(([dx, dy, lifted]) => [dx * ratio, dy * ratio, lifted]), origin);
  // After a stroke has ended, the way to the next one is no line.
  return drawnBefore ? lines.map((line, place) => (place ? line : line.slice(1))).filter((line) => line.length) : lines;
}

class Growing {
  /** `given` lines stand already, `points` are drawn after them; `lifted` says whether the pen is. */
  constructor(model, given, points, lifted = given.length > 0) {
    Object.assign(this, { model, given, points, strokes: [] });
    this.origin = given.length ? given.at(-1).at(-1) : MIDDLE;
    // Where the pen was left down the first line goes on from there.
    this.lifted = lifted;
  }

  async next() {
    const step = await this.points.next();
    if (!step.done) this.strokes.push(step.value);
    return step;
  }

  /** The lines the model drew so far. */
  drawn() {
    if (!this.strokes.length) return [];
    return linesOf(this.model, this.strokes, this.origin, this.lifted);
  }
}

/** Moves lines to the middle of the surface. */
export function centred(lines) {
  const [left, top, side] = frame(lines);
  const [dx, dy] = [MIDDLE[0] - left - side / 2, MIDDLE[1] - top - side / 2];
  return lines.map((line) => line.map(([x, y]) => [x + dx, y + dy]));
}

/**
 * Returns z of each of `count` endings of what stands so far: likely ones, or that of the drawing itself; nothing, which leaves z
 * to chance, where the class alone shall guide the model.
 */
async function guided(model, strokes, className, { guide, count, seed, signal, candidates }) {
  if (guide === "class" || !strokes.length || !model.conditional) return [];
  if (guide === "likely") {
    const affordable = Math.min(MANY, Math.max(FEW, Math.ceil(STEPS / strokes.length)));
    return model.likely(strokes, { className, num: count, seed, signal, candidates: candidates ?? affordable });
  }
  return Array(count).fill((await model.encode(strokes, { className })).mu);
}

/** Finishes a drawing in `count` ways; an empty one is begun by the model. */
export async function finish(model, lines, options) {
  const { className, count, seed, temperature } = options;
  const given = strokesOf(model, lines);
  const z = await guided(model, given, className, options);
  return Array.from({ length: count }, (_, row) => {
    return new Growing(model, lines, model.points({ z: z[row], className, temperature, seed, row, given }));
  });
}

/** Draws the way from one drawing to another. */
export async function between(model, first, second, { className, secondClass, count, temperature, seed }) {
  const [a, b] = [first, second].map((lines) => strokesOf(model, lines));
  const encoded = [model.encode(a, { className }), model.encode(b, { className: secondClass })];
  const [from, to] = (await Promise.all(encoded)).map(({ mu }) => mu);
  const names = model.classNames;
  return Array.from({ length: count }, (_, place) => {
    const share = count > 1 ? place / (count - 1) : 0.5;
    const shares = names.map((name) => (1 - share) * (name === className) + share * (name === secondClass));
    const z = slerp(from, to, share);
    return new Growing(model, [], model.points({ z, className: names.length ? shares : undefined, temperature, seed }));
  });
}

/** Begins as one class and finishes as another; your own drawing is the beginning where there is one. */
export async function switched(model, lines, options) {
  const { className, secondClass, count, temperature, seed } = options;
  const begun = lines.length ? null : await model.generate({ num: count, className, temperature, seed });
  const own = strokesOf(model, lines);
  const together = begun ? null : await guided(model, own, secondClass, options);
  const each = Array.from({ length: count }, async (_, row) => {
    const strokes = begun ? begun[row].slice(0, Math.ceil(begun[row].length / 2)) : own;
    const given = begun ? centred(linesOf(model, strokes, MIDDLE, false)) : lines;
    const [z] = together ? together.slice(row) : await guided(model, strokes, secondClass, { ...options, count: 1, candidates: FEW });
    const points = model.points({ z, className: secondClass, temperature, seed, row, given: strokes });
    return new Growing(model, given, points, strokes.at(-1)?.[2] === 1);
  });
  return Promise.all(each);
}
