// Products on WebAssembly; see kernel.ts.
import kernel from "../../build/kernel.wasm";

const BLOCK = 16;
const PAGE = 65536;

/** What a product of `rows` and `columns` takes: weights, input, addend and output, in floats; columns fill whole blocks. */
function sizeOf({ rows, columns }) {
  const wide = Math.ceil(columns / BLOCK) * BLOCK;
  return { wide, weights: wide * rows, input: Math.ceil(rows / 4) * 4, output: wide };
}

/** Puts the weights `[rows, columns]` in blocks of 16 columns. */
function pack(target, { values, rows, columns }) {
  for (let column = 0; column < columns; column++) {
    const start = Math.floor(column / BLOCK) * BLOCK * rows + (column % BLOCK);
    for (let row = 0; row < rows; row++) target[start + row * BLOCK] = values[row * columns + column];
  }
}

export function wasmProducts(matrices) {
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
  const products = matrices.map((matrix) => {
    const size = sizeOf(matrix);
    const weights = take(size.weights);
    const [input, addend, output] = [take(size.input), take(size.output), take(size.output)];
    pack(weights, matrix);
    const [w, x, b, y] = [weights, input, addend, output].map((view) => view.byteOffset);
    const run = () => {
      exports.product(w, x, matrix.rows, b, y, size.wide / BLOCK);
      return output;
    };
    return { input, addend, run, columns: matrix.columns };
  });
  return { products, dispose() {} };
}
