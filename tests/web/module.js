// Runs the module on models and points of Python's, on each backend, and leaves what it says in `window.result`.
import { load, Random, simplify, toLines, toStrokes } from "../../export/web/build/sketch_rnn.js";

const plain = (value) => JSON.parse(JSON.stringify(value, (_, inner) => (inner instanceof Float32Array ? [...inner] : inner)));

async function listOf(points) {
  const list = [];
  for await (const point of points) list.push(point);
  return list;
}

const drawn = (model, className, row) => listOf(model.points({ className, seed: 7, row }));

/** How often each of 3 candidates is taken, with points to weigh them by and without; and that an aborted call ends. */
async function weighed(model, className) {
  const options = { className, seed: 7, num: 4000, candidates: 3 };
  const counted = async (strokes) => {
    const counts = new Map();
    for (const z of await model.likely(strokes, options)) counts.set(String(z), (counts.get(String(z)) ?? 0) + 1);
    return [...counts].map(([z, count]) => ({ z: z.split(",").map(Number), count }));
  };
  const many = model.likely(given.strokes, { ...options, candidates: 2000, signal: AbortSignal.abort() });
  return {
    free: await counted([]),
    given: await counted(given.strokes.slice(0, 2)),
    again: await counted(given.strokes.slice(0, 2)),
    aborted: await many.then(() => "", (error) => error.name),
  };
}

async function asked(model, className, z) {
  return {
    encoded: model.conditional ? await model.encode(given.strokes, { className }) : null,
    steps: await model.parameters(given.strokes, { className, z }),
    greedy: await listOf(model.points({ className, z, temperature: 0 })),
    twice: [await model.generate({ num: 2, seed: 7, className }), await model.generate({ num: 2, seed: 7, className })],
    alone: [await drawn(model, className, 0), await drawn(model, className, 1)],
    other: await model.generate({ num: 2, seed: 8, className }),
    complete: await model.complete(given.strokes.slice(0, 4), { num: 2, seed: 7, className }),
    likely: model.conditional ? await weighed(model, className) : null,
    way: model.conditional
      ? await model.interpolate(given.strokes, given.strokes.slice(3), { num: 3, className, classNameB: model.classNames[0], temperature: 0 })
      : null,
  };
}

let given;
try {
  given = await (await fetch("inputs.json")).json();
  const models = {};
  for (const { file, className, z } of given.models) {
    models[file] = {};
    for (const backend of ["wasm", "script", "webgl", "webgpu"]) {
      const model = await load(file, { backend }).catch((error) => {
        if (/no Web(GL|GPU)/.test(error.message)) return null;
        throw error;
      });
      models[file][backend] = model && plain(await asked(model, className, z));
      model?.dispose();
    }
  }
  const refused = {};
  for (const [name, address] of Object.entries(given.refused)) {
    refused[name] = await load(address).then(() => "", (error) => error.message);
  }
  const { backend, timings } = await load(given.models[0].file);
  const random = new Random(3, 4);
  window.result = {
    models,
    automatic: { backend, timings },
    refused,
    normals: Array.from({ length: 20000 }, () => random.normals()),
    simplified: simplify(given.lines, 2),
    strokes: toStrokes(given.lines),
    lines: toLines(toStrokes(given.lines), given.lines[0][0]),
  };
} catch (error) {
  window.result = { error: String(error.stack ?? error) };
}
