// Times points that a generator draws, each of which waits for the one before.
const [WARM_UP, POINTS, TIMES] = [50, 100, 5];

export const backend = new URLSearchParams(location.search).get("backend");

/** Leaves in `window.result`: milliseconds from opening the page to the first point, and a point's afterwards, the median of runs. */
export async function report(start) {
  try {
    const points = await start();
    await points.next();
    const cold = performance.now();
    for (let i = 0; i < WARM_UP; i++) await points.next();
    const each = [];
    for (let time = 0; time < TIMES; time++) {
      const began = performance.now();
      for (let i = 0; i < POINTS; i++) await points.next();
      each.push((performance.now() - began) / POINTS);
    }
    each.sort((a, b) => a - b);
    window.result = { cold, point: each[TIMES >> 1], fastest: each[0], slowest: each.at(-1) };
  } catch (error) {
    window.result = { error: String(error.stack ?? error) };
  }
}
