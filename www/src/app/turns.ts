// Long work in turns: one piece a task, so that the page answers the user between two of them.

const waiting: (() => void)[] = [];
let isUnderWay = false;

/** Does the work when all that was asked for before is done, in a task of its own; gives the way to take it back. */
export function takeTurn(work: () => void): () => void {
  waiting.push(work);
  if (!isUnderWay) {
    isUnderWay = true;
    later();
  }
  return () => {
    const place = waiting.indexOf(work);
    if (place >= 0) waiting.splice(place, 1);
  };
}

// A timer of a page that nobody sees waits for a second.
function later(): void {
  if (globalThis.document?.hidden === true) queueMicrotask(next);
  else setTimeout(next);
}

function next(): void {
  const work = waiting.shift();
  isUnderWay = waiting.length > 0;
  if (isUnderWay) later();
  work?.();
}
