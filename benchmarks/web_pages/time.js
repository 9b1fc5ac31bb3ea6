// Times points that a generator draws, each of which waits for the one before.
const [WARM_UP, MILLISECONDS, TIMES] = [20, 500, 5];

export const backend = new URLSearchParams(location.search).get("backend");

/** Milliseconds a point, over half a second of them. */
async function timed(points) {
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < MILLISECONDS) {
    await points.next();
    count++;
  }
  return (performance.now() - began) / count;
}

/** Leaves in `window.result`: milliseconds from opening the page to the first point, and a point's afterwards, the median of runs. */
export async function report(start) {
  try {
    const points = await start();
    await points.next();
    const cold = performance.now();
    for (let i = 0; i < WARM_UP; i++) await points.next();
    const each = [];
    for (let time = 0; time < TIMES; time++) each.push(await timed(points));
    each.sort((a, b) => a - b);
    window.result = { cold, point: each[TIMES >> 1], fastest: each[0], slowest: each.at(-1) };
  } catch (error) {
    window.result = { error: String(error.stack ?? error) };
  }
}
