// Products on plain JavaScript, where a page's policy refuses WebAssembly.

export function scriptProducts(matrices) {
  const products = matrices.map(({ values, rows, columns }) => {
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
      return output;
    };
    return { input, addend, run, columns };
  });
  return { products, dispose() {} };
}
