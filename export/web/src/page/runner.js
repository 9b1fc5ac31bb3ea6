// Lets several drawings grow side by side without holding the page up.
const SLICE = 8; // milliseconds of drawing a frame

export class Runner {
  #turn = 0;

  stop() {
    this.#turn++;
  }

  /**
   * Takes turns with iterators of points until all have ended; what ran before stops.
   * @param growing list of iterators.
   * @param grown called once a frame with the places of those that grew.
   * @param done called when all have ended.
   */
  run(growing, grown, done) {
    this.stop();
    const turn = this.#turn;
    const open = growing.map((iterator, place) => ({ iterator, place }));
    const frame = () => {
      if (turn !== this.#turn) return;
      const end = performance.now() + SLICE;
      const touched = new Set();
      while (open.length && performance.now() < end) {
        const one = open.shift();
        touched.add(one.place);
        if (!one.iterator.next().done) open.push(one);
      }
      grown(touched);
      if (open.length) requestAnimationFrame(frame);
      else done();
    };
    requestAnimationFrame(frame);
  }
}
