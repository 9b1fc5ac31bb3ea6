// Draws with the npm package @magenta/sketch; see time.js.
import { SketchRNN } from "@magenta/sketch";
import * as tf from "@magenta/sketch/node_modules/@tensorflow/tfjs-core";
import { backend, report } from "./time.js";

await report(async () => {
  if (!tf.setBackend(backend)) throw new Error(`no backend ${backend}`);
  const model = new SketchRNN("model.gen.json");
  await model.initialize();
  if (tf.getBackend() !== backend) throw new Error(`the backend is ${tf.getBackend()}`);
  function* endless() {
    for (;;) {
      let [state, point] = [model.zeroState(), [0, 0, 1, 0, 0]];
      while (!point[4]) {
        state = model.update(point, state);
        point = model.sample(model.getPDF(state, 0.4));
        yield point;
      }
    }
  }
  return endless();
});
