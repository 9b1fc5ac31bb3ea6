const SMALLEST_SINE = 1e-4;

/** Returns what lies between two latent vectors on the arc between them (White 2016), or on the line where there is no arc. */
export function slerp(a, b, share) {
  const dot = (u, v) => u.reduce((sum, value, i) => sum + value * v[i], 0);
  const norms = Math.sqrt(dot(a, a) * dot(b, b));
  const angle = norms > 0 ? Math.acos(Math.min(Math.max(dot(a, b) / norms, -1), 1)) : 0;
  const sine = Math.sin(angle);
  const [left, right] =
    sine < SMALLEST_SINE
      ? [1 - share, share]
      : [Math.sin((1 - share) * angle) / sine, Math.sin(share * angle) / sine];
  return Float32Array.from(a, (value, i) => left * value + right * b[i]);
}

/** Where new drawings begin: N(0, 1), or the mixture of Gaussians a class that was fitted to the model. */
export class Prior {
  /** @param weights of the model file; `prior/shares` `[C, K]` and so on are read where they are there. */
  constructor(zSize, weights) {
    this.zSize = zSize;
    [this.shares, this.means, this.factors] = ["shares", "means", "factors"].map((name) => weights[`prior/${name}`]);
  }

  /** Returns z; `classes` holds the share of each class, null where the model knows none. */
  draw(random, classes) {
    const size = this.zSize;
    const noise = Float32Array.from({ length: size }, () => random.normals()[0]);
    if (!this.shares) return noise;
    const components = this.shares.length / (classes?.length ?? 1);
    const chances = Array.from(this.shares, (share, i) => share * (classes?.[Math.floor(i / components)] ?? 1));
    let left = random.uniform() * chances.reduce((sum, chance) => sum + chance, 0);
    let place = chances.findIndex((chance) => (left -= chance) < 0);
    if (place < 0) place = chances.findLastIndex((chance) => chance > 0);
    return noise.map((_, i) => {
      const row = (place * size + i) * size;
      let sum = this.means[place * size + i];
      for (let j = 0; j <= i; j++) sum += this.factors[row + j] * noise[j];
      return sum;
    });
  }
}
