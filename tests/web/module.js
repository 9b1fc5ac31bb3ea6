// Runs the module on models and points of Python's, on each backend, and leaves what it says in `window.result`.
import { load, Random, simplify, toLines, toStrokes } from "../../export/web/build/sketch_rnn.js";

const plain = (value) => JSON.parse(JSON.stringify(value, (_, inner) => (inner instanceof Float32Array ? [...inner] : inner)));

try {
  const given = await (await fetch("inputs.json")).json();
  const models = {};
  for (const { file, className, z } of given.models) {
    models[file] = {};
    for (const backend of ["wasm", "script"]) {
      const model = await load(file, { backend });
      models[file][backend] = plain({
        encoded: model.conditional ? model.encode(given.strokes, { className }) : null,
        steps: model.parameters(given.strokes, { className, z }),
        greedy: Array.from(model.points({ className, z, temperature: 0 })),
        twice: [0, 1].map(() => model.generate({ num: 2, seed: 7, className })),
        other: model.generate({ num: 2, seed: 8, className }),
        complete: model.complete(given.strokes.slice(0, 4), { num: 2, seed: 7, className }),
        way: model.conditional
          ? model.interpolate(given.strokes, given.strokes.slice(3), { num: 3, className, classNameB: model.classNames[0], temperature: 0 })
          : null,
      });
    }
  }
  const refused = {};
  for (const [name, address] of Object.entries(given.refused)) {
    refused[name] = await load(address).then(() => "", (error) => error.message);
  }
  const random = new Random(3, 4);
  window.result = {
    models,
    refused,
    normals: Array.from({ length: 20000 }, () => random.normals()),
    simplified: simplify(given.lines, 2),
    strokes: toStrokes(given.lines),
    lines: toLines(toStrokes(given.lines), given.lines[0][0]),
  };
} catch (error) {
  window.result = { error: String(error.stack ?? error) };
}
