// Products of a vector with a matrix, which is where nearly all time of a step goes, on one of several backends.
import { scriptProducts } from "./backends/script.js";
import { wasmProducts } from "./backends/wasm.js";
import { webglProducts } from "./backends/webgl.js";
import { webgpuProducts } from "./backends/webgpu.js";

const PROCESSOR = { wasm: wasmProducts, script: scriptProducts };
const GRAPHICS = { webgl: webglProducts, webgpu: webgpuProducts };
const BACKENDS = { ...PROCESSOR, ...GRAPHICS };
const TRIALS = 5;
// To ask a graphics card and to wait for its answer takes longer than this, so it is not asked where a product takes less.
const ROUND_TRIP = 0.5; // milliseconds

/**
 * Prepares products with matrices.
 * @param matrices list of `{values, rows, columns}`.
 * @param backend one by name, or "auto": whichever is fastest here on the largest matrix; graphics cards are tried where the
 *   processor takes longer than a round trip to one.
 * @returns a promise of `{name, products, timings, dispose}`. A product reads `input` and `addend` when `run()` is called,
 *   which returns the output, valid until the next call, or a promise of it; timings are milliseconds a product, of the
 *   backends that were tried; `dispose()` frees what a graphics card holds.
 */
export async function makeProducts(matrices, backend = "auto") {
  if (backend !== "auto") {
    if (!(backend in BACKENDS)) {
      throw new RangeError(`backend is "${backend}"; expected auto, ${Object.keys(BACKENDS).join(", ")}`);
    }
    return { name: backend, timings: {}, ...(await BACKENDS[backend](matrices)) };
  }
  const largest = matrices.reduce((most, one) => (one.values.length > most.values.length ? one : most));
  let timings = await measured(PROCESSOR, largest);
  if (Math.min(...Object.values(timings)) > ROUND_TRIP) timings = { ...timings, ...(await measured(GRAPHICS, largest)) };
  const [name] = Object.entries(timings).reduce((best, one) => (one[1] < best[1] ? one : best));
  return { name, timings, ...(await BACKENDS[name](matrices)) };
}

async function measured(backends, matrix) {
  const timings = {};
  for (const [name, make] of Object.entries(backends)) {
    let made;
    try {
      made = await make([matrix]);
      timings[name] = await milliseconds(made.products[0]);
    } catch {
      // A browser, a machine, or a page's policy may have no such backend.
    } finally {
      made?.dispose();
    }
  }
  return timings;
}

async function milliseconds(product) {
  await product.run();
  let best = Infinity;
  for (let trial = 0; trial < TRIALS; trial++) {
    const start = performance.now();
    for (let i = 0; i < 4; i++) await product.run();
    best = Math.min(best, (performance.now() - start) / 4);
  }
  return best;
}
