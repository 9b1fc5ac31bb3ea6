// Where one draws: pointer and keyboard make lines `[[x, y], ...]` in the surface's own units, 320 a side.
import { frame, pathOf, svgElement } from "./picture.js";

export const SIDE = 320;
const STEP = 8;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Surface {
  #before = [];
  #pointer = null;
  #view = [0, 0, SIDE, SIDE];
  #pen = { x: SIDE / 2, y: SIDE / 2, line: null };

  /** `changed()` is called when a line is complete, `begun()` when one begins. */
  constructor(element, { begun, changed }) {
    this.element = element;
    this.lines = [];
    this.begun = begun;
    this.changed = changed;
    this.ghost = svgElement("path", { class: "model" });
    this.own = svgElement("path", {});
    this.mark = svgElement("circle", { class: "pen", r: 6, cx: SIDE / 2, cy: SIDE / 2 });
    element.append(this.ghost, this.own, this.mark);
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#up(event));
    element.addEventListener("pointercancel", (event) => this.#up(event));
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("blur", () => this.#lift());
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  /** Gives the state that `restore` takes, so that several drawings can share the surface. */
  state() {
    return { lines: this.lines, before: this.#before };
  }

  restore({ lines, before }) {
    this.#abandon();
    this.lines = lines;
    this.#before = before;
    this.show();
  }

  replace(lines) {
    this.#abandon();
    this.#before = [...this.#before, this.lines];
    this.lines = lines;
    this.show();
  }

  undo() {
    this.#abandon();
    if (!this.canUndo) return;
    this.lines = this.#before.at(-1);
    this.#before = this.#before.slice(0, -1);
    this.show();
  }

  show(ghost = []) {
    if (this.#pointer === null && !this.#pen.line) this.#fit([...this.lines, ...ghost]);
    this.own.setAttribute("d", pathOf(this.lines));
    this.ghost.setAttribute("d", pathOf(ghost));
  }

  /** Widens the view where lines leave the surface; it stays as it is while one draws. */
  #fit(lines) {
    const corners = [[0, 0], [SIDE, SIDE]];
    const outside = lines.flat().some((point) => point.some((value) => value < 0 || value > SIDE));
    this.#view = outside ? frame([...lines, corners]) : [0, 0, SIDE, SIDE];
    this.element.setAttribute("viewBox", this.#view.join(" "));
  }

  #begin(point) {
    this.#before = [...this.#before, this.lines];
    this.lines = [...this.lines, [point]];
    this.begun();
    this.show();
  }

  #extend(point) {
    const line = this.lines.at(-1);
    const last = line.at(-1);
    if (point[0] !== last[0] || point[1] !== last[1]) line.push(point);
    this.show();
  }

  #abandon() {
    this.#pointer = this.#pen.line = null;
    this.mark.classList.remove("down");
  }

  #at(event) {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.element.getScreenCTM().inverse());
    const [left, top, side] = this.#view;
    const inside = (value, low) => Math.round(10 * Math.min(Math.max(value, low), low + side)) / 10;
    return [inside(place.x, left), inside(place.y, top)];
  }

  #down(event) {
    if (this.#pointer !== null || event.button !== 0) return;
    this.#lift();
    this.#pointer = event.pointerId;
    this.element.setPointerCapture(event.pointerId);
    this.#begin(this.#at(event));
  }

  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) this.#extend(this.#at(one));
  }

  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null; // a line that the system broke off stays: what is drawn is drawn
    this.changed();
  }

  #key(event) {
    const move = MOVES[event.key];
    const toggles = event.key === " " || event.key === "Enter";
    if ((!move && !toggles) || event.ctrlKey || event.metaKey || event.altKey || this.#pointer !== null) return;
    event.preventDefault();
    const pen = this.#pen;
    if (move) {
      const step = STEP * (event.shiftKey ? 3 : 1);
      pen.x = Math.min(Math.max(pen.x + step * move[0], 0), SIDE);
      pen.y = Math.min(Math.max(pen.y + step * move[1], 0), SIDE);
      this.mark.setAttribute("cx", pen.x);
      this.mark.setAttribute("cy", pen.y);
      if (pen.line) this.#extend([pen.x, pen.y]);
    } else if (pen.line) {
      this.#lift();
    } else {
      pen.line = true;
      this.mark.classList.add("down");
      this.#begin([pen.x, pen.y]);
    }
  }

  #lift() {
    if (!this.#pen.line) return;
    this.#abandon();
    this.changed();
  }
}
