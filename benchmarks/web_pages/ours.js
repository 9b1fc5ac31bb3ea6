// Draws with the module of export/web; see time.js.
import { load } from "../../export/web/build/sketch_rnn.js";
import { backend, report } from "./time.js";

await report(async () => {
  const model = await load("model.sketchrnn", { backend });
  async function* endless() {
    for (let seed = 0; ; seed++) yield* model.points({ seed, temperature: 0.4 });
  }
  return endless();
});
