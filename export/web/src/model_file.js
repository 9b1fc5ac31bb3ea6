// Reads the file that `sketch_rnn_export --format=web` writes.
const MAGIC = "SKETCHRNN1\n\0";
const CELLS = { lstm: ["kernel", "recurrent_kernel", "bias"] };
CELLS.layer_norm = ["kernel", "recurrent_kernel", "gate_gamma", "gate_beta", "memory_gamma", "memory_beta"];
const LARGEST = 2 ** 28;
// What a fraction of float16 counts at each exponent; the last one stands for infinities and NaN.
const SCALES = Float64Array.from({ length: 32 }, (_, exponent) => (exponent === 31 ? NaN : 2 ** (exponent - 25)));

/**
 * Takes a model file apart.
 * @param {ArrayBuffer} buffer
 * @returns `{header, weights}`, weights by name as Float32Array.
 * @throws {Error} the file is no such model, or an incomplete one.
 */
export function readModelFile(buffer) {
  const start = MAGIC.length + 4;
  const magic = new TextDecoder("latin1").decode(new Uint8Array(buffer, 0, Math.min(MAGIC.length, buffer.byteLength)));
  if (magic !== MAGIC || buffer.byteLength < start) {
    throw new Error("this is no model file; write one with sketch_rnn_export --format=web");
  }
  const size = new DataView(buffer).getUint32(MAGIC.length, true);
  if (start + size > buffer.byteLength) throw new Error(broken("it ends inside its header"));
  let header;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, start, size)));
  } catch {
    throw new Error(broken("its header is not readable"));
  }
  check(header);
  const width = header.dtype === "float16" ? 2 : 4;
  const weights = {};
  let at = start + size;
  for (const { name, shape } of header.weights) {
    const length = shape.reduce((product, side) => product * side, 1);
    if (!(length >= 0 && length < LARGEST) || at + width * length > buffer.byteLength) {
      throw new Error(broken(`it ends before ${name} does`));
    }
    weights[name] = width === 2 ? halves(new DataView(buffer, at), length) : new Float32Array(buffer.slice(at, at + 4 * length));
    if (!finite(weights[name])) throw new Error(broken(`${name} holds numbers that are not finite`));
    at += width * length;
  }
  if (at !== buffer.byteLength) throw new Error(broken("bytes are left over after its weights"));
  complete(header);
  return { header, weights };
}

function finite(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  return sum === 0;
}

const broken = (why) => `the model file is broken: ${why}; export it again`;

function check(header) {
  const whole = (value, least) => Number.isInteger(value) && value >= least && value < LARGEST;
  const good =
    header?.format === 1 &&
    ["float32", "float16"].includes(header.dtype) &&
    header.decoder?.cell in CELLS &&
    whole(header.decoder.units, 1) &&
    (!header.conditional || (header.encoder?.cell in CELLS && whole(header.encoder.units, 1) && whole(header.z_size, 1))) &&
    whole(header.num_mixtures, 1) &&
    whole(header.n_max, 1) &&
    header.scale_factor > 0 &&
    header.start_token?.length === 5 &&
    Array.isArray(header.class_names) &&
    header.class_names.every((name) => typeof name === "string") &&
    Array.isArray(header.weights) &&
    header.weights.every(({ name, shape }) => typeof name === "string" && Array.isArray(shape));
  if (!good) throw new Error(broken("its header does not describe a model that runs here"));
}

/** Compares names and shapes of the weights with what the header says of the model. */
function complete(header) {
  const shapes = new Map(header.weights.map(({ name, shape }) => [name, shape.join(" ")]));
  const classes = header.class_names.length;
  const embedded = shapes.get("class_vector/table")?.split(" ")[1];
  const classWidth = { none: 0, one_hot: classes, embedding: Number(embedded) }[header.class_conditioning];
  const z = header.conditional ? header.z_size : 0;
  const cell = (prefix, { cell, units }, inputs) => {
    const of = { kernel: [inputs, 4 * units], recurrent_kernel: [units, 4 * units], bias: [4 * units] };
    Object.assign(of, { gate_gamma: [4 * units], gate_beta: [4 * units], memory_gamma: [units], memory_beta: [units] });
    return CELLS[cell].map((name) => [`${prefix}/cell/${name}`, of[name]]);
  };
  const dense = (name, rows, columns) => [[`${name}/kernel`, [rows, columns]], [`${name}/bias`, [columns]]];
  const wanted = cell("decoder", header.decoder, 5 + z + classWidth);
  wanted.push(...dense("head", header.decoder.units, 6 * header.num_mixtures + 3));
  if (header.conditional) {
    wanted.push(...cell("encoder/forward", header.encoder, 5), ...cell("encoder/backward", header.encoder, 5));
    for (const name of ["mu", "log_var"]) wanted.push(...dense(name, 2 * header.encoder.units + classWidth, z));
    wanted.push(...dense("initial", z, 2 * header.decoder.units));
  }
  if (shapes.has("prior/shares")) {
    const components = Number(shapes.get("prior/shares").split(" ")[1]);
    const mixture = [classWidth ? classes : 1, components, z, z];
    wanted.push(["prior/shares", mixture.slice(0, 2)], ["prior/means", mixture.slice(0, 3)], ["prior/factors", mixture]);
  }
  for (const [name, shape] of wanted) {
    if (shapes.get(name) !== shape.join(" ")) {
      throw new Error(broken(`${name} has shape [${shapes.get(name) ?? "none"}], expected [${shape.join(" ")}]`));
    }
  }
}

function halves(view, length) {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const bits = view.getUint16(2 * i, true);
    const exponent = (bits >> 10) & 31;
    const size = exponent ? (1024 + (bits & 1023)) * SCALES[exponent] : (bits & 1023) * SCALES[1];
    values[i] = bits & 0x8000 ? -size : size;
  }
  return values;
}
