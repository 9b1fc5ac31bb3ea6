// node drive.mjs FOLDER PAGE SECONDS: serves a folder on loopback, opens a page of it in Chromium, prints `window.result` as JSON.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";

const [folder, page, seconds] = process.argv.slice(2);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };
const root = path.resolve(folder);
const server = http.createServer((request, response) => {
  const file = path.join(root, decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  if (!file.startsWith(root + path.sep) || !fs.existsSync(file) || !fs.statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" });
  fs.createReadStream(file).pipe(response);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  const tab = await browser.newPage();
  const said = [];
  tab.on("pageerror", (error) => said.push(String(error)));
  tab.on("console", (message) => message.type() === "error" && said.push(message.text()));
  await tab.goto(`http://127.0.0.1:${server.address().port}/${page}`);
  const result = await tab
    .waitForFunction(() => window.result, null, { timeout: Number(seconds) * 1000 })
    .then((handle) => handle.jsonValue())
    .catch((error) => ({ error: `${error.message}; the page said: ${said.join("; ")}` }));
  process.stdout.write(JSON.stringify(result));
} finally {
  await browser.close();
  server.close();
}
