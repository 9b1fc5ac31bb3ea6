// Bundles the page into build/page, without its models, which `python -m export.web_page_main` adds.
import fs from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url);
const target = new URL("../../build/page/", here);
fs.mkdirSync(target, { recursive: true });
await build({
  entryPoints: [new URL("page.js", here).pathname],
  bundle: true,
  loader: { ".wasm": "binary" },
  format: "iife",
  minify: true,
  charset: "utf8",
  target: "es2022",
  outfile: new URL("page.js", target).pathname,
});
for (const name of ["index.html", "page.css"]) fs.copyFileSync(new URL(name, here), new URL(name, target));
