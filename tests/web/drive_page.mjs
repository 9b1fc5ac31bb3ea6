// node drive_page.mjs PAGE SCENARIO OUTPUT: uses the page as people do, prints what it showed as JSON, leaves files in OUTPUT.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { launch, serve } from "./serve.mjs";

const [folder, scenario, output] = process.argv.slice(2);
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const CIRCLE = Array.from({ length: 25 }, (_, i) => [160 + 70 * Math.cos(i / 4), 160 + 70 * Math.sin(i / 4)]);
const BOX = [[70, 120], [250, 120], [250, 200], [70, 200], [70, 120]];

/** Draws a line of surface units with the mouse. */
async function draw(tab, line) {
  const box = await tab.locator("#surface").boundingBox();
  const to = ([x, y]) => [box.x + (x / 320) * box.width, box.y + (y / 320) * box.height];
  await tab.mouse.move(...to(line[0]));
  await tab.mouse.down();
  for (const point of line.slice(1)) await tab.mouse.move(...to(point), { steps: 3 });
  await tab.mouse.up();
}

const finished = (tab) => tab.waitForFunction(() => / drawn: /.test(document.getElementById("status").textContent), null, { timeout: 60000 });
const again = (tab) => tab.evaluate(() => (document.getElementById("status").textContent = ""));
const paths = (tab, where) => tab.$$eval(`${where} path`, (all) => all.map((one) => one.getAttribute("d") ?? ""));
const shot = (tab, name) => tab.screenshot({ path: path.join(output, `${name}.png`), fullPage: true });

async function saved(tab, kind) {
  const [download] = await Promise.all([tab.waitForEvent("download"), tab.click(`#save-${kind}`)]);
  const file = path.join(output, download.suggestedFilename());
  await download.saveAs(file);
  return file;
}

const SCENARIOS = {
  async draw(tab) {
    await shot(tab, "begin");
    const alone = await paths(tab, "#results");
    await again(tab);
    await draw(tab, CIRCLE);
    await finished(tab);
    await shot(tab, "endings");
    const [first, own] = [await paths(tab, "#results"), await paths(tab, "#surface")];
    await again(tab);
    await tab.click("#again");
    await finished(tab);
    const second = await paths(tab, "#results");
    const files = [await saved(tab, "svg"), await saved(tab, "png")];
    await tab.click("#results button >> nth=2");
    await shot(tab, "kept");
    const kept = await paths(tab, "#surface");
    await tab.keyboard.press("Control+z");
    const undone = await paths(tab, "#surface");
    await tab.click("#undo");
    const empty = await paths(tab, "#surface");
    return { alone, first, own, second, kept, undone, empty, files, canUndo: await tab.isEnabled("#undo") };
  },

  async between(tab) {
    await tab.getByText("Between two").click();
    const asks = await tab.textContent("#status");
    await draw(tab, CIRCLE);
    await tab.getByText("Second drawing", { exact: true }).click();
    await tab.selectOption("#second-class", "shoe");
    await again(tab);
    await draw(tab, BOX);
    await finished(tab);
    await shot(tab, "between");
    return { asks, drawn: await paths(tab, "#results"), surface: await paths(tab, "#surface") };
  },

  async switch(tab) {
    await again(tab);
    await tab.getByText("Switch", { exact: true }).click();
    await finished(tab);
    await shot(tab, "switch");
    const alone = await paths(tab, "#results");
    await again(tab);
    await draw(tab, BOX);
    await finished(tab);
    return { alone, drawn: await paths(tab, "#results") };
  },

  async settings(tab) {
    const seen = {};
    for (const [name, change] of Object.entries({
      class: () => tab.selectOption("#class", "shoe"),
      temperature: () => tab.locator("#temperature").fill("0.9"),
      count: () => tab.selectOption("#count", "3"),
    })) {
      await again(tab);
      await change();
      await finished(tab);
      seen[name] = await paths(tab, "#results");
    }
    return { ...seen, degrees: await tab.textContent("#degrees") };
  },

  async models(tab) {
    const seen = {};
    for (const option of await tab.$$eval("#model option", (all) => all.map((one) => ({ value: one.value, name: one.textContent })))) {
      await again(tab);
      await tab.selectOption("#model", option.value);
      await finished(tab);
      const classes = await tab.$$eval("#class option", (all) => all.length);
      const between = await tab.isEnabled("input[value=between]");
      await again(tab);
      await draw(tab, CIRCLE);
      await finished(tab);
      seen[option.name] = { classes, between, drawn: await paths(tab, "#results") };
      await shot(tab, option.name);
      await again(tab);
      await tab.click("#clear");
      await finished(tab);
    }
    return { models: seen };
  },

  async guided(tab) {
    await again(tab);
    await draw(tab, CIRCLE);
    await finished(tab);
    const likely = await paths(tab, "#results");
    const seen = { first: await tab.inputValue("#guide"), likely };
    for (const guide of ["class", "drawing"]) {
      await again(tab);
      await tab.selectOption("#guide", guide);
      await finished(tab);
      seen[guide] = await paths(tab, "#results");
    }
    return seen;
  },

  async keyboard(tab) {
    await tab.focus("#surface");
    await again(tab);
    for (const key of ["Space", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Space"]) await tab.keyboard.press(key);
    await finished(tab);
    await shot(tab, "keyboard");
    const own = (await paths(tab, "#surface"))[1];
    const reached = [];
    for (let i = 0; i < 12; i++) {
      await tab.keyboard.press("Tab");
      reached.push(await tab.evaluate(() => document.activeElement.id || document.activeElement.name || document.activeElement.ariaLabel));
    }
    return { own, reached };
  },

  async broken(tab) {
    const before = await paths(tab, "#results");
    const file = path.join(output, "mine.sketchrnn");
    fs.writeFileSync(file, "no model");
    await tab.setInputFiles("#file", file);
    await tab.waitForFunction(() => document.getElementById("alert").textContent);
    await shot(tab, "broken");
    const said = await tab.textContent("#alert");
    await again(tab);
    await draw(tab, CIRCLE);
    await finished(tab);
    const whole = fs.readdirSync(path.join(folder, "models")).find((name) => name.endsWith(".sketchrnn"));
    await again(tab);
    await tab.setInputFiles("#file", path.join(folder, "models", whole));
    await finished(tab);
    return { said_of_file: said, before, after: await paths(tab, "#results"), alert: await tab.textContent("#alert") };
  },

  async phone(tab) {
    await again(tab);
    const box = await tab.locator("#surface").boundingBox();
    const session = await tab.context().newCDPSession(tab);
    const touch = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    const at = (share) => ({ x: box.x + box.width * (0.3 + 0.4 * share), y: box.y + box.height * (0.4 + 0.2 * share * share) });
    await touch("touchStart", [at(0)]);
    for (let i = 1; i <= 10; i++) await touch("touchMove", [at(i / 10)]);
    await touch("touchEnd", []);
    await finished(tab);
    await shot(tab, "phone");
    const sizes = await tab.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      window: innerWidth,
      scrolled: scrollY,
      low: [...document.querySelectorAll("button, select, label span")].filter((one) => one.offsetHeight && one.offsetHeight < 44).length,
    }));
    return { own: (await paths(tab, "#surface"))[1], drawn: await paths(tab, "#results"), ...sizes };
  },
};
SCENARIOS.no_webgl = async (tab) => {
  const webgl = await tab.evaluate(() => Boolean(document.createElement("canvas").getContext("webgl")));
  return { webgl, ...(await SCENARIOS.draw(tab)) };
};
SCENARIOS.no_wasm = async (tab) => ({ wasm: await tab.evaluate(() => typeof WebAssembly), status: await tab.textContent("#status") });
SCENARIOS.file = async (tab) => SCENARIOS.switch(tab);
SCENARIOS.dark = async (tab) => SCENARIOS.between(tab);

const FLAGS = { no_webgl: ["--disable-3d-apis", "--disable-gpu"] };
const { server, address } = await serve(folder);
const browser = await launch(FLAGS[scenario]);
try {
  const scheme = scenario === "dark" ? { colorScheme: "dark" } : {};
  const context = await browser.newContext(scenario === "phone" ? PHONE : { viewport: { width: 1100, height: 800 }, ...scheme });
  const tab = await context.newPage();
  if (scenario === "no_wasm") await tab.addInitScript(() => delete globalThis.WebAssembly);
  const [said, asked] = [[], []];
  tab.on("pageerror", (error) => said.push(String(error)));
  tab.on("console", (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()));
  tab.on("request", (request) => asked.push(request.url()));
  const start = scenario === "file" ? pathToFileURL(path.resolve(folder)).href : address;
  await tab.goto(`${start}/index.html`);
  await finished(tab).catch(() => { throw new Error(`no first drawing; the page said: ${said.join("; ")}`); });
  const found = await SCENARIOS[scenario](tab);
  const others = asked.filter((url) => !url.startsWith(start) && !url.startsWith("blob:") && !url.startsWith("data:"));
  process.stdout.write(JSON.stringify({ ...found, said, others }));
} finally {
  await browser.close();
  server.close();
}
