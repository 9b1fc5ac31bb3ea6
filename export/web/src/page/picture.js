// Lines as SVG paths and as files to save.
const SPACE = "http://www.w3.org/2000/svg";
const MARGIN = 12;
const PNG_SIDE = 1024;

export function svgElement(name, attributes) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const short = (value) => Number(value.toFixed(1));

/** Returns the `d` of a path; a line of one point becomes a dot. */
export function pathOf(lines) {
  return lines
    .map((line) => {
      const points = line.length > 1 ? line : [line[0], line[0]];
      return `M${points.map((point) => point.map(short).join(" ")).join("L")}`;
    })
    .join("");
}

/** Returns `[x, y, width, height]` of a square around lines, never smaller than `least` a side. */
export function frame(lines, least = 60) {
  const points = lines.flat();
  if (!points.length) return [0, 0, least, least];
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const range = (values) => values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
  const [[left, right], [top, bottom]] = [range(xs), range(ys)];
  const side = Math.max(right - left, bottom - top, least) + 2 * MARGIN;
  return [(left + right - side) / 2, (top + bottom - side) / 2, side, side];
}

export function svgFile(lines) {
  const box = frame(lines).map(short).join(" ");
  return (
    `<svg xmlns="${SPACE}" viewBox="${box}"><path d="${pathOf(lines)}" fill="none" stroke="#000" ` +
    'stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>\n'
  );
}

/** Returns a promise of a PNG's Blob: black lines on white. */
export function pngFile(lines) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PNG_SIDE;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, PNG_SIDE, PNG_SIDE);
  const [left, top, side] = frame(lines);
  context.scale(PNG_SIDE / side, PNG_SIDE / side);
  context.translate(-left, -top);
  context.lineWidth = 3;
  context.lineCap = context.lineJoin = "round";
  context.stroke(new Path2D(pathOf(lines)));
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
