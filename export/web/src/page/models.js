// The models beside the page, as models.js lists them. Over HTTP one is fetched; a page that was opened as a file may not
// fetch, so there a script of the same name holds it as text.
import { load } from "../sketch_rnn.js";

export const listed = () => globalThis.sketchModels ?? [];

export function loadListed(file) {
  return location.protocol === "file:" ? fromScript(file) : load(new URL(`models/${file}`, location.href));
}

async function fromScript(file) {
  const script = document.createElement("script");
  script.src = `models/${file}.js`;
  await new Promise((done, failed) => {
    script.onload = done;
    script.onerror = () => failed(new Error(`models/${file}.js cannot be read; run make web again`));
    document.head.append(script);
  });
  const text = globalThis.sketchModelText?.[file];
  if (typeof text !== "string") throw new Error(`models/${file}.js holds no model; run make web again`);
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  delete globalThis.sketchModelText[file];
  script.remove();
  return load(bytes.buffer);
}
