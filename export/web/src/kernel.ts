// output = addend + input @ weights, four numbers at a time; AssemblyScript, compiled to a few hundred bytes of WebAssembly.
// Weights stand in blocks of 16 columns, row after row, so that memory is read once from front to back.
export function product(weights: usize, input: usize, rows: i32, addend: usize, output: usize, blocks: i32): void {
  for (let block: i32 = 0; block < blocks; block++) {
    let a = v128.load(addend);
    let b = v128.load(addend, 16);
    let c = v128.load(addend, 32);
    let d = v128.load(addend, 48);
    let at = input;
    const end = input + ((<usize>rows) << 2);
    while (at < end) {
      const x = v128.load32_splat(at);
      a = f32x4.add(a, f32x4.mul(v128.load(weights), x));
      b = f32x4.add(b, f32x4.mul(v128.load(weights, 16), x));
      c = f32x4.add(c, f32x4.mul(v128.load(weights, 32), x));
      d = f32x4.add(d, f32x4.mul(v128.load(weights, 48), x));
      weights += 64;
      at += 4;
    }
    v128.store(output, a);
    v128.store(output, b, 16);
    v128.store(output, c, 32);
    v128.store(output, d, 48);
    addend += 64;
    output += 64;
  }
}
