// node drive.mjs FOLDER PAGE SECONDS: serves a folder on loopback, opens a page of it in Chromium, prints `window.result` as JSON.
import { launch, serve } from "./serve.mjs";

const [folder, page, seconds] = process.argv.slice(2);
const { server, address } = await serve(folder);
// Without a graphics card Chromium has WebGPU, in software, only when it is asked for.
const browser = await launch(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]);
try {
  const tab = await browser.newPage();
  const said = [];
  tab.on("pageerror", (error) => said.push(String(error)));
  tab.on("console", (message) => message.type() === "error" && said.push(message.text()));
  await tab.goto(`${address}/${page}`);
  const result = await tab
    .waitForFunction(() => window.result, null, { timeout: Number(seconds) * 1000 })
    .then((handle) => handle.jsonValue())
    .catch((error) => ({ error: `${error.message}; the page said: ${said.join("; ")}` }));
  process.stdout.write(JSON.stringify(result));
} finally {
  await browser.close();
  server.close();
}
