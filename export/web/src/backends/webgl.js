// Products on a graphics card by WebGL 2: four columns a texel, a fragment for each texel of the output.
import { inFours } from "./fours.js";

const VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D weights;
uniform highp sampler2D inputs;
uniform highp sampler2D addend;
uniform int rows;
out vec4 total;
void main() {
  int column = int(gl_FragCoord.x);
  total = texelFetch(addend, ivec2(column, 0), 0);
  for (int row = 0; row < rows; row++) {
    total += texelFetch(inputs, ivec2(row, 0), 0).r * texelFetch(weights, ivec2(column, row), 0);
  }
}`;
const UNITS = ["weights", "inputs", "addend"];

function programOf(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`WebGL: ${gl.getProgramInfoLog(program)}`);
  gl.useProgram(program);
  UNITS.forEach((name, unit) => gl.uniform1i(gl.getUniformLocation(program, name), unit));
  return program;
}

function textureOf(gl, unit, format, width, height) {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  return texture;
}

export function webglProducts(matrices) {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (!gl) throw new Error("this browser has no WebGL 2");
  if (!gl.getExtension("EXT_color_buffer_float")) throw new Error("this WebGL cannot write floats");
  const largest = gl.getParameter(gl.MAX_TEXTURE_SIZE);
  const rowsAt = gl.getUniformLocation(programOf(gl), "rows");
  const products = matrices.map((matrix) => {
    const { rows, columns } = matrix;
    const { wide, padded } = inFours(matrix);
    if (Math.max(wide, rows) > largest) throw new Error(`a matrix of ${rows} by ${columns} is too large for this WebGL`);
    const [input, addend] = [new Float32Array(rows), new Float32Array(4 * wide)];
    const textures = [
      textureOf(gl, 0, gl.RGBA32F, wide, rows),
      textureOf(gl, 1, gl.R32F, rows, 1),
      textureOf(gl, 2, gl.RGBA32F, wide, 1),
    ];
    gl.activeTexture(gl.TEXTURE0);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, wide, rows, gl.RGBA, gl.FLOAT, padded);
    const target = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, textureOf(gl, 3, gl.RGBA32F, wide, 1), 0);
    const output = new Float32Array(4 * wide);
    const run = () => {
      textures.forEach((texture, unit) => {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(gl.TEXTURE_2D, texture);
      });
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, wide, 1, gl.RGBA, gl.FLOAT, addend);
      gl.activeTexture(gl.TEXTURE1);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, rows, 1, gl.RED, gl.FLOAT, input);
      gl.bindFramebuffer(gl.FRAMEBUFFER, target);
      gl.viewport(0, 0, wide, 1);
      gl.uniform1i(rowsAt, rows);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
      gl.readPixels(0, 0, wide, 1, gl.RGBA, gl.FLOAT, output);
      if (gl.isContextLost()) throw new Error("the browser took the graphics card away; load the model again");
      return output;
    };
    return { input, addend, run, columns };
  });
  return { products, dispose: () => gl.getExtension("WEBGL_lose_context")?.loseContext() };
}
