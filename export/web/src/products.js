// Products of a vector with a matrix, which is where nearly all time of a step goes: on WebAssembly, or on plain JavaScript.
import kernel from "../build/kernel.wasm";

const BLOCK = 16;
const PAGE = 65536;
const TRIALS = 5;

/** What a product of `rows` and `columns` takes: weights, input, addend and output, in floats; columns fill whole blocks. */
function sizeOf({ rows, columns }) {
  const wide = Math.ceil(columns / BLOCK) * BLOCK;
  return { wide, weights: wide * rows, input: Math.ceil(rows / 4) * 4, output: wide };
}

/** Returns the weights `[rows, columns]` in blocks of 16 columns. */
function packed(target, values, { rows, columns }) {
  for (let column = 0; column < columns; column++) {
    const start = Math.floor(column / BLOCK) * BLOCK * rows + (column % BLOCK);
    for (let row = 0; row < rows; row++) target[start + row * BLOCK] = values[row * columns + column];
  }
}

function wasmProducts(matrices) {
  const bytes = matrices.reduce((sum, matrix) => {
    const size = sizeOf(matrix);
    return sum + 4 * (size.weights + size.input + 2 * size.output);
  }, PAGE);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernel), { env: { memory } });
  let top = PAGE;
  const take = (length) => {
    const view = new Float32Array(memory.buffer, top, length);
    top += 4 * length;
    return view;
  };
  return matrices.map((matrix) => {
    const size = sizeOf(matrix);
    const weights = take(size.weights);
    const [input, addend, output] = [take(size.input), take(size.output), take(size.output)];
    packed(weights, matrix.values, matrix);
    const [w, x, b, y] = [weights, input, addend, output].map((view) => view.byteOffset);
    const run = () => exports.product(w, x, matrix.rows, b, y, size.wide / BLOCK);
    return { input, addend, output, run, columns: matrix.columns };
  });
}

function scriptProducts(matrices) {
  return matrices.map(({ values, rows, columns }) => {
    const [input, addend, output] = [rows, columns, columns].map((length) => new Float32Array(length));
    const run = () => {
      output.set(addend);
      let row = 0;
      for (; row + 3 < rows; row += 4) {
        const [x0, x1, x2, x3] = [input[row], input[row + 1], input[row + 2], input[row + 3]];
        const [r0, r1, r2, r3] = [row * columns, (row + 1) * columns, (row + 2) * columns, (row + 3) * columns];
        for (let j = 0; j < columns; j++) {
          output[j] += x0 * values[r0 + j] + x1 * values[r1 + j] + x2 * values[r2 + j] + x3 * values[r3 + j];
        }
      }
      for (; row < rows; row++) {
        const x = input[row];
        for (let j = 0, at = row * columns; j < columns; j++, at++) output[j] += x * values[at];
      }
    };
    return { input, addend, output, run, columns };
  });
}

const BACKENDS = { wasm: wasmProducts, script: scriptProducts };

/**
 * Prepares products with matrices.
 * @param matrices list of `{values, rows, columns}`.
 * @param backend "wasm", "script", or "auto": whichever is faster here on the largest matrix.
 * @returns `{name, products, timings}`; a product reads `input` and `addend` and writes `output` when `run()` is called;
 *   timings are milliseconds a product, of the backends that were tried.
 */
export function makeProducts(matrices, backend = "auto") {
  if (backend !== "auto") {
    if (!(backend in BACKENDS)) throw new RangeError(`backend is "${backend}"; expected auto, wasm or script`);
    return { name: backend, products: BACKENDS[backend](matrices), timings: {} };
  }
  const largest = matrices.reduce((most, one) => (one.values.length > most.values.length ? one : most));
  const timings = {};
  for (const name of Object.keys(BACKENDS)) {
    try {
      timings[name] = milliseconds(BACKENDS[name]([largest])[0]);
    } catch {
      // A browser, or a page's policy, may refuse WebAssembly or its vector instructions.
    }
  }
  const [name] = Object.entries(timings).reduce((best, one) => (one[1] < best[1] ? one : best));
  return { name, products: BACKENDS[name](matrices), timings };
}

function milliseconds(product) {
  product.run();
  let best = Infinity;
  for (let trial = 0; trial < TRIALS; trial++) {
    const start = performance.now();
    for (let i = 0; i < 4; i++) product.run();
    best = Math.min(best, (performance.now() - start) / 4);
  }
  return best;
}
