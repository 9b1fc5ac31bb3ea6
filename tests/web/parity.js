// Runs exported graph models on the inputs of inputs.json on each backend, and leaves what came out in `window.result`.
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

async function load(name) {
  const model = await tf.loadGraphModel(`model/${name}/model.json`);
  const names = Object.fromEntries(
    Object.entries(model.modelSignature.outputs).map(([key, value]) => [value.name.split(":")[0], key]),
  );
  return async (inputs) => {
    const keys = model.outputNodes;
    const tensors = [await model.executeAsync(inputs, keys)].flat();
    return Object.fromEntries(keys.map((key, place) => [names[key.split(":")[0]] ?? key, tensors[place]]));
  };
}

async function run(given) {
  const found = {};
  const ints = (values) => tf.tensor(values, undefined, "int32");
  const classes = given.class_id ? { class_id: ints(given.class_id) } : {};
  const start = await load("initial_state");
  const step = await load("decode_step");
  let first = { ...classes };
  if (given.strokes) {
    const encode = await load("encode");
    const posterior = await encode({ strokes: tf.tensor(given.strokes), lengths: ints(given.lengths), ...classes });
    found.mu = await posterior.mu.array();
    found.log_var = await posterior.log_var.array();
    first.z = posterior.mu;
  } else if (given.image) {
    const encode = await load("encode_image");
    const posterior = await encode({ image: tf.tensor(given.image), ...classes });
    found.mu = await posterior.mu.array();
    first.z = posterior.mu;
  } else if (!given.class_id) {
    first.row = ints(given.points[0].map(() => 0));
  }
  let { state } = await start(first);
  found.steps = [];
  for (const stroke of given.points) {
    const out = await step({ stroke: tf.tensor(stroke), state });
    const { state: next, ...params } = out;
    state = next;
    const values = {};
    for (const [name, tensor] of Object.entries(params)) values[name] = await tensor.array();
    found.steps.push(values);
  }
  found.state = await state.array();
  return found;
}

try {
  setWasmPaths("");
  const given = await (await fetch("inputs.json")).json();
  const result = {};
  for (const backend of ["cpu", "wasm"]) {
    await tf.setBackend(backend);
    await tf.ready();
    if (tf.getBackend() !== backend) throw new Error(`the backend ${backend} did not start`);
    result[backend] = await run(given);
  }
  window.result = result;
} catch (error) {
  window.result = { error: String(error.stack ?? error) };
}
