// Long work in turns: one piece a task, so that the page answers the user between two of them, and few enough a frame
// for the browser to lay them out and paint them in a short task too.
import { signal } from "@preact/signals";

/** Milliseconds of work after which a frame is waited for. */
const A_FRAME = 5;
/** Milliseconds after which a frame that does not come is not waited for any more. */
const PATIENCE = 100;

const waiting: (() => void)[] = [];
let isUnderWay = false;
/** Milliseconds worked since a frame was waited for. */
let worked = 0;

/** Whether something waits for its turn. */
export const isWorking = signal(false);

/** Does the work when all that was asked for before is done, in a task of its own; gives the way to take it back. */
export function takeTurn(work: () => void): () => void {
  waiting.push(work);
  isWorking.value = true;
  if (!isUnderWay) {
    isUnderWay = true;
    later();
  }
  return () => {
    const place = waiting.indexOf(work);
    if (place >= 0) waiting.splice(place, 1);
  };
}

// Timers and frames of a page that nobody sees wait for a second, or for ever.
function later(): void {
  if (globalThis.document?.hidden === true) queueMicrotask(next);
  else if (worked < A_FRAME || typeof requestAnimationFrame !== "function") setTimeout(next);
  else afterFrame(next);
}

/** Calls back in the task after the next frame. */
function afterFrame(call: () => void): void {
  worked = 0;
  let isCalled = false;
  const once = () => {
    if (!isCalled) call();
    isCalled = true;
  };
  setTimeout(once, PATIENCE);
  requestAnimationFrame(() => setTimeout(once));
}

function next(): void {
  const work = waiting.shift();
  const begun = performance.now();
  try {
    work?.();
  } finally {
    worked += performance.now() - begun;
    isUnderWay = waiting.length > 0;
    if (isUnderWay) later();
    else isWorking.value = false;
  }
}
