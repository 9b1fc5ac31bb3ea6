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
