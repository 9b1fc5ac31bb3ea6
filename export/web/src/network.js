// The recurrences of a model: encoder, initial state, and one decoder step after another.
import { makeProducts } from "./products.js";

const POINT = 5;
const EPSILON = 1e-3; // of the layer normalisation

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** tanh of all values in place; the exponential is three times as fast as Math.tanh and as exact where values matter. */
function tanh(x) {
  if (Math.abs(x) < 0.1) {
    const s = x * x;
    return x * (1 - s * (1 / 3 - s * (2 / 15 - s * (17 / 315 - (s * 62) / 2835))));
  }
  return 1 - 2 / (1 + Math.exp(2 * x));
}

/** Standardises `count` values from `from`, then scales and shifts them. */
function normalise(values, from, count, gamma, beta, target) {
  let mean = 0;
  for (let i = from; i < from + count; i++) mean += values[i];
  mean /= count;
  let square = 0;
  for (let i = from; i < from + count; i++) square += (values[i] - mean) ** 2;
  const inverse = 1 / Math.sqrt(square / count + EPSILON);
  for (let i = from; i < from + count; i++) target[i] = (values[i] - mean) * inverse * gamma[i] + beta[i];
}

/** One LSTM, plain or layer-normalised: its product reads the output before and the point, one beside the other. */
class Cell {
  constructor({ cell, units }, weights, prefix, forgetBias) {
    this.units = units;
    this.normalised = cell === "layer_norm";
    this.forgetBias = forgetBias;
    this.weights = Object.fromEntries(
      Object.entries(weights)
        .filter(([name]) => name.startsWith(`${prefix}/cell/`))
        .map(([name, values]) => [name.slice(prefix.length + 6), values]),
    );
    const { kernel, recurrent_kernel: recurrent } = this.weights;
    const values = new Float32Array((units + POINT) * 4 * units);
    values.set(recurrent);
    values.set(kernel.subarray(0, POINT * 4 * units), recurrent.length);
    this.matrix = { values, rows: units + POINT, columns: 4 * units };
    this.shown = new Float32Array(units);
  }

  /** Returns the memory and output that everything starts from. */
  zero() {
    return { c: new Float32Array(this.units), h: new Float32Array(this.units) };
  }

  /** Reads one point `[5]`; changes `state` in place. `addend` [4 H] is what static inputs add, bias included, or null. */
  async step(product, point, state, addend) {
    const { units, forgetBias } = this;
    const { c, h } = state;
    product.input.set(h);
    product.input.set(point, units);
    if (addend) product.addend.set(addend);
    let gates = product.run();
    if (gates instanceof Promise) gates = await gates; // not otherwise: another drawing would run the product meanwhile
    if (this.normalised) {
      const { gate_gamma: gamma, gate_beta: beta } = this.weights;
      for (let gate = 0; gate < 4; gate++) normalise(gates, gate * units, units, gamma, beta, gates);
    }
    for (let i = 0; i < units; i++) {
      c[i] = c[i] * sigmoid(gates[2 * units + i] + forgetBias) + sigmoid(gates[i]) * tanh(gates[units + i]);
    }
    let shown = c;
    if (this.normalised) {
      shown = this.shown;
      normalise(c, 0, units, this.weights.memory_gamma, this.weights.memory_beta, shown);
    }
    for (let i = 0; i < units; i++) h[i] = tanh(shown[i]) * sigmoid(gates[3 * units + i]);
  }
}

/**
 * The numbers of a model: `encode`, `start`, `step`. Points are stroke-5 in normalised units. Any number of drawings may be
 * on their way at once. Made by `Network.of`.
 */
export class Network {
  /**
   * Returns a promise of a network.
   * @param header, weights what `readModelFile` returns.
   * @param backend as in `makeProducts`.
   */
  static async of(header, weights, backend) {
    const network = new Network(header, weights);
    await network.#prepare(backend);
    return network;
  }

  #matrices;

  constructor(header, weights) {
    this.header = header;
    this.weights = weights;
    this.classes = header.class_names.length;
    this.decoder = new Cell(header.decoder, weights, "decoder", header.forget_bias);
    const wide = 4 * header.decoder.units;
    const table = weights["class_vector/table"];
    this.classWidth = { none: 0, one_hot: this.classes, embedding: table?.length / this.classes }[header.class_conditioning];
    this.staticSize = (header.conditional ? header.z_size : 0) + this.classWidth;
    const dense = (name, columns) => {
      const values = weights[`${name}/kernel`];
      return { values, rows: values.length / columns, columns };
    };
    const matrices = { decoder: this.decoder.matrix, head: dense("head", 6 * header.num_mixtures + 3) };
    if (this.staticSize) {
      const values = weights["decoder/cell/kernel"].subarray(POINT * wide);
      matrices.static = { values, rows: this.staticSize, columns: wide };
    }
    if (header.conditional) {
      for (const way of ["forward", "backward"]) {
        this[way] = new Cell(header.encoder, weights, `encoder/${way}`, header.forget_bias);
        matrices[way] = this[way].matrix;
      }
      Object.assign(matrices, { mu: dense("mu", header.z_size), log_var: dense("log_var", header.z_size) });
      matrices.initial = dense("initial", 2 * header.decoder.units);
    }
    this.#matrices = matrices;
  }

  async #prepare(backend) {
    const { weights } = this;
    const { name, products, timings, dispose } = await makeProducts(Object.values(this.#matrices), backend);
    Object.assign(this, { backend: name, timings, dispose });
    this.products = Object.fromEntries(Object.keys(this.#matrices).map((key, place) => [key, products[place]]));
    this.#matrices = null;
    for (const key of ["head", "mu", "log_var", "initial"]) this.products[key]?.addend.set(weights[`${key}/bias`]);
    this.products.decoder.addend.set(this.decoder.weights.bias ?? []);
    for (const way of ["forward", "backward"]) this.products[way]?.addend.set(this[way].weights.bias ?? []);
  }

  /** Encodes points `[N][5]`; `shares` `[C]` says how much of each class the sketch is, null without classes. */
  async encode(points, shares) {
    const read = async (way, ordered) => {
      const state = this[way].zero();
      for (const point of ordered) await this[way].step(this.products[way], point, state, null);
      return state.h;
    };
    const ways = await Promise.all([read("forward", points), read("backward", [...points].reverse())]);
    const joined = [...ways.flatMap((h) => [...h]), ...this.classVector(shares)];
    const [mu, logVar] = await Promise.all([this.dense("mu", joined), this.dense("log_var", joined)]);
    return { mu, logVar };
  }

  async dense(name, input) {
    const product = this.products[name];
    product.input.set(input);
    const output = product.run();
    return (output instanceof Promise ? await output : output).slice(0, product.columns);
  }

  classVector(shares) {
    if (!this.classWidth) return [];
    if (this.header.class_conditioning === "one_hot") return shares;
    const table = this.weights["class_vector/table"];
    return Array.from({ length: this.classWidth }, (_, i) =>
      shares.reduce((sum, share, place) => sum + share * table[place * this.classWidth + i], 0),
    );
  }

  /** Returns the state before the first point is read, for z `[Z]` (null without encoder) and `shares` as in `encode`. */
  async start(z, shares) {
    const state = this.decoder.zero();
    state.addend = null;
    if (this.staticSize) {
      state.addend = await this.dense("static", [...(z ?? []), ...this.classVector(shares)]);
      this.decoder.weights.bias?.forEach((bias, i) => (state.addend[i] += bias));
    }
    if (this.header.conditional) {
      const initial = (await this.dense("initial", z)).map(tanh);
      const { units } = this.decoder;
      const parts = [initial.subarray(0, units), initial.subarray(units)];
      const [first, second] = this.decoder.normalised ? ["h", "c"] : ["c", "h"];
      state[first].set(parts[0]);
      state[second].set(parts[1]);
    }
    return state;
  }

  /** Reads a point and changes `state`; returns the raw outputs `[6 M + 3]`. */
  async step(point, state) {
    await this.decoder.step(this.products.decoder, point, state, state.addend);
    return this.dense("head", state.h);
  }
}
