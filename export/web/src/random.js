/** Numbers that follow from a seed alone: the generator sfc32 (Doty-Humphrey, PractRand), and normal numbers of Box and Muller. */
export class Random {
  /** @param {...number} seeds whole numbers, each 0 to 2^32 - 1. */
  constructor(...seeds) {
    this.state = Uint32Array.of(0x9e3779b9, seeds[0] ?? 0, seeds[1] ?? 0, 1);
    for (let i = 0; i < 15; i++) this.bits();
  }

  bits() {
    const s = this.state;
    const result = (s[0] + s[1] + s[3]) >>> 0;
    s[3] += 1;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + result;
    return result;
  }

  /** In [0, 1). */
  uniform() {
    return this.bits() / 2 ** 32;
  }

  /** Two independent standard normal numbers. */
  normals() {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }
}
