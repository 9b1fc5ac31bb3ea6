// Products on a graphics card by WebGPU: four columns an invocation. What it gives back comes later, as a promise.
import { inFours } from "./fours.js";

const GROUP = 64;
const SHADER = `
@group(0) @binding(0) var<storage, read> weights: array<vec4f>;
@group(0) @binding(1) var<storage, read> inputs: array<f32>;
@group(0) @binding(2) var<storage, read> addend: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> total: array<vec4f>;
@compute @workgroup_size(${GROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let wide = arrayLength(&total);
  if (id.x >= wide) { return; }
  var sum = addend[id.x];
  for (var row = 0u; row < arrayLength(&inputs); row++) { sum += inputs[row] * weights[row * wide + id.x]; }
  total[id.x] = sum;
}`;

export async function webgpuProducts(matrices) {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter();
  if (!adapter) throw new Error("this browser has no WebGPU");
  const device = await adapter.requestDevice();
  const module = device.createShaderModule({ code: SHADER });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  const bufferOf = (floats, usage) => device.createBuffer({ size: 4 * floats, usage });
  const products = matrices.map((matrix) => {
    const { rows, columns } = matrix;
    const { wide, padded } = inFours(matrix);
    const [input, addend] = [new Float32Array(rows), new Float32Array(4 * wide)];
    const given = [padded, input, addend].map((array) => bufferOf(array.length, STORAGE | COPY_DST));
    device.queue.writeBuffer(given[0], 0, padded);
    const total = bufferOf(4 * wide, STORAGE | COPY_SRC);
    const group = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [...given, total].map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const idle = []; // a product that is asked for while another is on its way needs a buffer of its own
    const run = async () => {
      device.queue.writeBuffer(given[1], 0, input);
      device.queue.writeBuffer(given[2], 0, addend);
      const commands = device.createCommandEncoder();
      const pass = commands.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(Math.ceil(wide / GROUP));
      pass.end();
      const back = idle.pop() ?? bufferOf(4 * wide, COPY_DST | MAP_READ);
      commands.copyBufferToBuffer(total, 0, back, 0, 16 * wide);
      device.queue.submit([commands.finish()]);
      await back.mapAsync(GPUMapMode.READ);
      const output = new Float32Array(back.getMappedRange()).slice();
      back.unmap();
      idle.push(back);
      return output;
    };
    return { input, addend, run, columns };
  });
  return { products, dispose: () => device.destroy() };
}
