// The page: connects the surface, the controls and the model.
import { load } from "../sketch_rnn.js";
import { listed, loadListed } from "./models.js";
import { frame, pathOf, pngFile, save, svgElement, svgFile } from "./picture.js";
import { Runner } from "./runner.js";
import { Surface } from "./surface.js";
import { between, centred, finish, switched } from "./tasks.js";

const HINTS = {
  finish: "Draw a stroke; the model goes on. Choose an ending to keep it.",
  between: "Make a first and a second drawing; the model draws what lies between.",
  switch: "Draw half of something, or let the model begin; it is finished as another class.",
};
const SEEDS = 2 ** 31 - 1;

const $ = (id) => document.getElementById(id);
const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;
const runner = new Runner();
const surface = new Surface($("surface"), { begun: quiet, changed: start });
const drawings = new Map(["finish", "first", "second", "switch"].map((name) => [name, { lines: [], before: [] }]));
let model = null;
let seed = Math.floor(Math.random() * SEEDS);
let growing = [];
let turns = 0;
let asking = new AbortController();
let shown = "finish";

const current = () => (chosen("mode") === "between" ? chosen("slot") : chosen("mode"));

function say(text) {
  $("status").textContent = text;
}

function complain(error) {
  $("alert").textContent = error ? error.message : "";
}

function quiet() {
  runner.stop();
  asking.abort();
  turns++;
  surface.show();
}

/** What the model drew: a drawing that stands alone in the middle of the surface, an ending where it belongs. */
function placed(one) {
  return one.given.length ? one.drawn() : centred(one.drawn());
}

/** The drawing with what the model drew first, as it would be saved. */
function whole(one = chosen("mode") === "between" ? undefined : growing[0]) {
  return one ? [...one.given, ...placed(one)] : surface.lines;
}

function remember() {
  complain(null);
  $("undo").disabled = !surface.canUndo;
  $("clear").disabled = !surface.lines.length;
  drawings.set(shown, surface.state());
}

async function start() {
  runner.stop();
  asking.abort();
  asking = new AbortController();
  const turn = ++turns;
  remember();
  if (!model) return;
  const mode = chosen("mode");
  const options = {
    className: model.classNames.length ? $("class").value : undefined,
    secondClass: model.classNames.length ? $("second-class").value : undefined,
    guide: $("guide").value,
    temperature: Number($("temperature").value),
    count: Number($("count").value),
    seed,
    signal: asking.signal,
  };
  growing = [];
  let next = [];
  try {
    next = await wanted(mode, options);
  } catch (error) {
    if (turn === turns) complain(error);
  }
  if (turn !== turns) return;
  growing = next;
  if (!growing.length) {
    $("results").replaceChildren();
    surface.show();
    return;
  }
  const tiles = growing.map(tile);
  $("results").replaceChildren(...tiles.map(({ button }) => button));
  const began = performance.now();
  const asked = growing;
  runner.run(
    growing,
    (places) => {
      for (const place of places) tiles[place].show();
      if (mode !== "between" && growing === asked) surface.show(mode === "switch" ? whole() : placed(growing[0]));
    },
    () => {
      if (growing !== asked) return;
      const points = asked.reduce((sum, one) => sum + one.strokes.length, 0);
      const milliseconds = Math.round(performance.now() - began);
      say(`${asked.length} drawn: ${points} points in ${milliseconds} ms (${model.backend}).`);
    },
    complain,
  );
}

/** Returns what the mode draws, or a promise of it. */
function wanted(mode, options) {
  if (mode === "finish") return finish(model, surface.lines, options);
  if (mode === "switch") return switched(model, surface.lines, options);
  const [first, second] = ["first", "second"].map((name) => drawings.get(name).lines);
  if (!first.length || !second.length) {
    say(`The ${first.length ? "second" : "first"} drawing is still empty.`);
    return [];
  }
  return between(model, first, second, options);
}

/** A small picture of a drawing, which puts it on the surface when it is chosen. */
function tile(one, place) {
  const picture = svgElement("svg", { "aria-hidden": "true" });
  const [given, drawn] = [svgElement("path", {}), svgElement("path", { class: "model" })];
  picture.append(given, drawn);
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", `Keep drawing ${place + 1}`);
  button.append(picture);
  button.addEventListener("click", async () => {
    const asked = growing;
    while (!(await one.next()).done);
    if (growing !== asked) return;
    show();
    surface.replace(whole(one));
    growing = [];
    remember();
    say(`Drawing ${place + 1} is on the surface; draw on, ask for other endings, or save it.`);
  });
  const show = () => {
    const lines = one.drawn();
    given.setAttribute("d", pathOf(one.given));
    drawn.setAttribute("d", pathOf(lines));
    picture.setAttribute("viewBox", frame([...one.given, ...lines]).join(" "));
  };
  show();
  return { button, show };
}

function switchTo() {
  const mode = chosen("mode");
  $("slots").hidden = mode !== "between";
  $("guide-label").hidden = $("guide").hidden = mode === "between";
  $("hint").textContent = HINTS[mode];
  $("again").textContent = mode === "finish" ? "Other endings" : "Draw again";
  const second = mode !== "finish" && model?.classNames.length > 1;
  $("second-label").hidden = $("second-class").hidden = !second;
  drawings.set(shown, surface.state());
  shown = current();
  surface.restore(drawings.get(shown));
  start();
}

function use(loaded) {
  model?.dispose();
  model = loaded;
  for (const id of ["class", "second-class"]) {
    const options = model.classNames.map((name) => new Option(name));
    $(id).replaceChildren(...options);
    $(id).disabled = !options.length;
    $(id).selectedIndex = id === "class" ? Math.min(1, options.length - 1) : options.length - 1;
  }
  document.querySelector("input[value=between]").disabled = !model.conditional;
  $("guide").disabled = !model.conditional;
  if (!model.conditional && chosen("mode") === "between") document.querySelector("input[value=finish]").checked = true;
  say(`The model is ready (${model.backend}).`);
  switchTo();
}

async function take(promise, name) {
  say(`Loading ${name} …`);
  try {
    use(await promise);
  } catch (error) {
    say("");
    complain(new Error(`${name}: ${error.message}`));
  }
}

async function saveAs(kind) {
  const lines = whole();
  if (!lines.length) {
    complain(new Error("There is nothing to save yet; draw something first."));
    return;
  }
  const blob = kind === "svg" ? new Blob([svgFile(lines)], { type: "image/svg+xml" }) : await pngFile(lines);
  save(blob, `drawing.${kind}`);
}

$("undo").addEventListener("click", () => {
  surface.undo();
  start();
});
$("clear").addEventListener("click", () => {
  surface.replace([]);
  start();
});
$("again").addEventListener("click", () => {
  seed = (seed + 1) % SEEDS;
  start();
});
$("save-svg").addEventListener("click", () => saveAs("svg"));
$("save-png").addEventListener("click", () => saveAs("png"));
for (const input of document.querySelectorAll("input[type=radio]")) input.addEventListener("change", switchTo);
for (const id of ["class", "second-class", "guide", "count"]) $(id).addEventListener("change", start);
$("temperature").addEventListener("input", () => {
  $("degrees").textContent = Number($("temperature").value).toFixed(2);
  start();
});
$("model").addEventListener("change", () => take(loadListed($("model").value), $("model").value));
$("file").addEventListener("change", () => {
  const [file] = $("file").files;
  if (file) take(load(file), file.name);
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
    event.preventDefault();
    $("undo").click();
  }
});

for (const { file, name } of listed()) $("model").append(new Option(name, file));
$("undo").disabled = $("clear").disabled = true;
if (listed().length) take(loadListed(listed()[0].file), listed()[0].name);
else complain(new Error("No model lies beside this page; open one of yours, or run make web again."));
