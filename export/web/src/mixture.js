// The mixture of bivariate normals over the next point and the pen states (Ha & Eck 2017, eq. 3 to 8).
const LOG_SIGMA_LIMIT = 12;
const RHO_LOGIT_LIMIT = 9;

const clip = (value, limit) => Math.min(Math.max(value, -limit), limit);

function softmax(values, temperature = 1) {
  const largest = Math.max(...values);
  const raised = Array.from(values, (value) => Math.exp((value - largest) / temperature));
  const sum = raised.reduce((total, value) => total + value, 0);
  return raised.map((value) => value / sum);
}

/** Returns what raw outputs mean: `pi mu1 mu2 sigma1 sigma2 rho` `[M]` and `pen` `[3]`, at temperature 1. */
export function parameters(outputs, count) {
  const block = (place) => Array.from(outputs.subarray(3 + place * count, 3 + (place + 1) * count));
  const [pi, mu1, mu2, log1, log2, rho] = [0, 1, 2, 3, 4, 5].map(block);
  const sigma = (values) => values.map((value) => Math.exp(clip(value, LOG_SIGMA_LIMIT)));
  return {
    pi: softmax(pi),
    mu1,
    mu2,
    sigma1: sigma(log1),
    sigma2: sigma(log2),
    rho: rho.map((value) => Math.tanh(clip(value, RHO_LOGIT_LIMIT))),
    pen: softmax(outputs.subarray(0, 3)),
  };
}

function likeliest(values) {
  return values.reduce((best, value, place) => (value > values[best] ? place : best), 0);
}

function picked(values, temperature, uniform) {
  const shares = softmax(values, temperature);
  let place = 0;
  for (let left = uniform - shares[0]; left >= 0 && place < shares.length - 1; left -= shares[place]) place++;
  return place;
}

function logSumExp(values) {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/** Returns log p of a stroke-5 point under raw outputs, in nats: of its offset (eq. 3) and of its pen state, at temperature 1. */
export function logProbability(outputs, count, point) {
  const logits = outputs.subarray(3, 3 + count);
  const at = (block, place) => outputs[3 + block * count + place];
  const densities = Array.from(logits, (logit, place) => {
    const [log1, log2] = [clip(at(3, place), LOG_SIGMA_LIMIT), clip(at(4, place), LOG_SIGMA_LIMIT)];
    const r = clip(at(5, place), RHO_LOGIT_LIMIT);
    const [x, y] = [(point[0] - at(1, place)) * Math.exp(-log1), (point[1] - at(2, place)) * Math.exp(-log2)];
    // With rho = tanh(r) nothing cancels here, as it does in 1 - rho^2.
    const apart = ((x - y) ** 2 * (1 + Math.exp(2 * r)) + (x + y) ** 2 * (1 + Math.exp(-2 * r))) / 4;
    return logit - Math.log(2 * Math.PI) - log1 - log2 + Math.log(Math.cosh(r)) - apart / 2;
  });
  const pens = outputs.subarray(0, 3);
  const pen = point.indexOf(1, 2) - 2;
  return logSumExp(densities) - logSumExp(logits) + pens[pen] - logSumExp(pens);
}

/**
 * Draws one stroke-5 point from raw outputs; temperature 0 takes the likeliest. Four numbers of `random` go into each point,
 * whatever the temperature is.
 */
export function sample(outputs, count, temperature, random) {
  const [forPi, forPen] = [random.uniform(), random.uniform()];
  const [first, second] = random.normals();
  const greedy = temperature === 0;
  const logits = outputs.subarray(3, 3 + count);
  const pens = outputs.subarray(0, 3);
  const place = greedy ? likeliest(logits) : picked(logits, temperature, forPi);
  const pen = greedy ? likeliest(pens) : picked(pens, temperature, forPen);
  const at = (block) => outputs[3 + block * count + place];
  const spread = Math.sqrt(temperature);
  const rho = clip(at(5), RHO_LOGIT_LIMIT);
  const point = new Float32Array(5);
  point[0] = at(1) + spread * Math.exp(clip(at(3), LOG_SIGMA_LIMIT)) * first;
  // 1 / cosh(r) is sqrt(1 - rho^2).
  point[1] = at(2) + spread * Math.exp(clip(at(4), LOG_SIGMA_LIMIT)) * (Math.tanh(rho) * first + second / Math.cosh(rho));
  point[2 + pen] = 1;
  return point;
}
