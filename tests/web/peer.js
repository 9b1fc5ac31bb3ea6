// Runs weights of ours in the package @magenta/sketch and leaves its mixture parameters in `window.result`.
import { SketchRNN } from "@magenta/sketch";

try {
  const given = await (await fetch("inputs.json")).json();
  const model = new SketchRNN("model.gen.json");
  await model.initialize();
  model.setPixelFactor(1);
  let state = model.zeroState();
  const steps = [];
  for (const stroke of given.strokes) {
    state = model.update(stroke, state);
    const { pi, muX, muY, sigmaX, sigmaY, corr, pen } = model.getPDF(state, 1, 1);
    const all = { pi, mu1: muX, mu2: muY, sigma1: sigmaX, sigma2: sigmaY.slice(0, pi.length), rho: corr, pen };
    steps.push(Object.fromEntries(Object.entries(all).map(([name, values]) => [name, Array.from(values)])));
  }
  window.result = { info: model.info, steps };
} catch (error) {
  window.result = { error: String(error.stack ?? error) };
}
