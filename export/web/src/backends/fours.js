// Graphics cards read and write four numbers at a time.

/** Returns how many fours hold a row, and the matrix with each row filled up with zeros to that. */
export function inFours({ values, rows, columns }) {
  const wide = Math.ceil(columns / 4);
  const padded = new Float32Array(rows * 4 * wide);
  for (let row = 0; row < rows; row++) padded.set(values.subarray(row * columns, (row + 1) * columns), row * 4 * wide);
  return { wide, padded };
}
