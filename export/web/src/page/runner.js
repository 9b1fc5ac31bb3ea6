// Lets several drawings grow side by side without holding the page up.
const SLICE = 8; // milliseconds of drawing a frame

export class Runner {
  #turn = 0;

  stop() {
    this.#turn++;
  }

  /**
   * Lets iterators of points go on, each by a point a round, until all have ended; what ran before stops.
   * @param growing list of asynchronous iterators.
   * @param grown called once a frame with the places of those that grew.
   * @param done called when all have ended.
   * @param failed called with the error that ended them all.
   */
  run(growing, grown, done, failed) {
    this.stop();
    const turn = this.#turn;
    let open = growing.map((iterator, place) => ({ iterator, place }));
    const frame = async () => {
      const end = performance.now() + SLICE;
      const touched = new Set();
      while (open.length && performance.now() < end) {
        let steps;
        try {
          steps = await Promise.all(open.map(({ iterator }) => iterator.next()));
        } catch (error) {
          if (turn === this.#turn) failed(error);
          return;
        }
        if (turn !== this.#turn) return;
        for (const { place } of open) touched.add(place);
        open = open.filter((_, at) => !steps[at].done);
      }
      grown(touched);
      if (open.length) requestAnimationFrame(frame);
      else done();
    };
    requestAnimationFrame(frame);
  }
}
