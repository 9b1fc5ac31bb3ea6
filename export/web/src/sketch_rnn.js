// The module's public face; sketch_rnn.d.ts describes it.
import { Prior, slerp } from "./latent.js";
import { logProbability, parameters, sample } from "./mixture.js";
import { readModelFile } from "./model_file.js";
import { Network } from "./network.js";
import { Random } from "./random.js";

export { Random } from "./random.js";
export { simplify, toLines, toStrokes } from "./strokes.js";

const LARGEST_SEED = 2 ** 31 - 1;
const PRIOR = 2 ** 31; // keeps the noise of z apart from that of points
const CANDIDATE = PRIOR + 2 ** 30;
const CHOICE = CANDIDATE + 2 ** 29;
const SLICE = 8; // milliseconds of weighing after which the page has its turn

export async function load(source, options = {}) {
  let buffer = source;
  if (typeof source === "string" || source instanceof URL) {
    const answer = await fetch(source);
    if (!answer.ok) throw new Error(`${source} cannot be read: the answer is ${answer.status} ${answer.statusText}`);
    buffer = await answer.arrayBuffer();
  } else if (source instanceof Blob) {
    buffer = await source.arrayBuffer();
  }
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError("load takes an address, a Blob or an ArrayBuffer");
  const { header, weights } = readModelFile(buffer);
  return new SketchModel(header, await Network.of(header, weights, options.backend), weights);
}

async function listOf(points) {
  const list = [];
  for await (const point of points) list.push(point);
  return list;
}

const pause = () => new Promise((done) => setTimeout(done));

/** Several at once: on a graphics card their answers are then on their way together. */
const all = (num, one) => Promise.all(Array.from({ length: num }, (_, place) => one(place)));

function checkSeed(seed) {
  if (!Number.isInteger(seed) || seed < 0 || seed > LARGEST_SEED) {
    throw new RangeError(`seed is ${seed}; expected a whole number from 0 to ${LARGEST_SEED}`);
  }
}

export class SketchModel {
  #network;
  #prior;

  constructor(header, network, weights) {
    this.#network = network;
    this.conditional = header.conditional;
    this.classConditional = header.class_conditioning !== "none";
    this.classNames = this.classConditional ? header.class_names : [];
    this.scaleFactor = header.scale_factor;
    this.maxPoints = header.n_max;
    this.zSize = header.conditional ? header.z_size : 0;
    this.numMixtures = header.num_mixtures;
    this.startToken = header.start_token;
    this.#prior = new Prior(this.zSize, weights);
    this.backend = network.backend;
    this.timings = network.timings;
  }

  dispose() {
    this.#network.dispose();
  }

  async encode(strokes, options = {}) {
    if (!this.conditional) throw new Error("this model has no encoder; take one that was trained with model.conditional=true");
    return this.#network.encode(this.#points(strokes), this.#shares(options.className));
  }

  async decode(z, options = {}) {
    return listOf(this.points({ ...options, z }));
  }

  async generate({ num = 1, seed = 0, ...options } = {}) {
    return all(num, (row) => listOf(this.points({ ...options, seed, row })));
  }

  async complete(strokes, { num = 1, seed = 0, ...options } = {}) {
    const weigh = !options.z && this.conditional && strokes.length > 0;
    const likely = weigh ? await this.likely(strokes, { num, seed, className: options.className }) : [];
    const drawn = (row) => listOf(this.points({ ...options, z: options.z ?? likely[row], seed, row, given: strokes }));
    return all(num, async (row) => [...strokes, ...(await drawn(row))]);
  }

  async interpolate(a, b, { num = 10, className, classNameB = className, ...options } = {}) {
    if (!(num >= 2)) throw new RangeError(`num is ${num}; expected at least 2`);
    const encoded = [this.encode(a, { className }), this.encode(b, { className: classNameB })];
    const [first, second] = (await Promise.all(encoded)).map(({ mu }) => mu);
    const [of, and] = [this.#shares(className), this.#shares(classNameB)];
    return all(num, (place) => {
      const share = place / (num - 1);
      const shares = of?.map((value, i) => (1 - share) * value + share * and[i]);
      return listOf(this.points({ temperature: 0.1, ...options, z: slerp(first, second, share), className: shares }));
    });
  }

  async parameters(strokes, { z, className } = {}) {
    const encodes = !z && this.conditional && strokes.length > 0;
    const latent = encodes ? (await this.encode(strokes, { className })).mu : z;
    const state = await this.#network.start(latent, this.#shares(className));
    const found = [];
    for (const point of [this.startToken, ...this.#points(strokes)]) {
      found.push(parameters(await this.#network.step(point, state), this.numMixtures));
    }
    return found;
  }

  async likely(strokes, { num = 1, className, seed = 0, candidates = 64, signal } = {}) {
    if (!this.conditional) throw new Error("this model has no z; take one that was trained with model.conditional=true");
    if (!(candidates >= 1)) throw new RangeError(`candidates is ${candidates}; expected at least 1`);
    checkSeed(seed);
    const shares = this.#shares(className);
    const points = this.#points(strokes);
    const read = [this.startToken, ...points];
    const found = [];
    let turn = performance.now();
    for (let place = 0; place < candidates; place++) {
      const z = this.#prior.draw(new Random(seed, CANDIDATE + place), shares);
      const state = await this.#network.start(z, shares);
      let total = 0;
      for (let i = 0; i < points.length; i++) {
        total += logProbability(await this.#network.step(read[i], state), this.numMixtures, points[i]);
        if (performance.now() - turn > SLICE) {
          await pause();
          turn = performance.now();
          signal?.throwIfAborted();
        }
      }
      found.push({ z, total });
    }
    return Array.from({ length: num }, (_, row) => {
      const random = new Random(seed, CHOICE + row);
      // The largest of log weight and Gumbel noise is a draw by weight.
      const drawn = found.map(({ total }) => total - Math.log(-Math.log(random.uniform())));
      return found[drawn.indexOf(Math.max(...drawn))].z;
    });
  }

  async *points({ z, className, temperature = 0.4, seed = 0, row = 0, maxPoints = this.maxPoints, given = [] } = {}) {
    if (!(temperature >= 0 && temperature <= 10)) throw new RangeError(`temperature is ${temperature}; expected 0 to 10`);
    checkSeed(seed);
    const latent = z ?? this.#prior.draw(new Random(seed, PRIOR + row), this.#shares(className));
    if (this.conditional && latent.length !== this.zSize) {
      throw new RangeError(`z holds ${latent.length} numbers; this model has ${this.zSize}`);
    }
    const random = new Random(seed, row);
    const state = await this.#network.start(latent, this.#shares(className));
    const read = [this.startToken, ...this.#points(given)];
    for (const point of read.slice(0, -1)) await this.#network.step(point, state);
    let point = read.at(-1);
    for (let count = given.length; count < maxPoints; count++) {
      point = sample(await this.#network.step(point, state), this.numMixtures, temperature, random);
      if (point[4]) return;
      yield [point[0] * this.scaleFactor, point[1] * this.scaleFactor, point[3]];
    }
  }

  /** Returns the share of each class: of one class's name, or shares as they are given. */
  #shares(className) {
    if (!this.classConditional) return null;
    if (Array.isArray(className)) return className;
    const place = className === undefined ? 0 : this.classNames.indexOf(className);
    if (place < 0) throw new RangeError(`class ${className} is unknown; expected one of ${this.classNames.join(", ")}`);
    return this.classNames.map((_, i) => Number(i === place));
  }

  #points(strokes) {
    return strokes.map(([dx, dy, lifted], place) => {
      if (!Number.isFinite(dx) || !Number.isFinite(dy) || (lifted !== 0 && lifted !== 1)) {
        throw new TypeError(`point ${place} is [${[dx, dy, lifted]}]; expected finite dx and dy, and 0 or 1`);
      }
      return [dx / this.scaleFactor, dy / this.scaleFactor, 1 - lifted, lifted, 0];
    });
  }
}
