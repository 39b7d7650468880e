// One at a time, the newest next: what a fast hand asks for faster than it can be answered.

/**
 * Wraps a question so that only one is under way; of those asked meanwhile only the newest is asked afterwards.
 * Those in between resolve to undefined.
 */
export function latest<A, R>(ask: (argument: A) => Promise<R>): (argument: A) => Promise<R | undefined> {
  let underWay = false;
  let next: { argument: A; resolve: (value: R | undefined) => void; reject: (cause: unknown) => void } | null = null;

  const run = async (argument: A): Promise<R | undefined> => {
    underWay = true;
    try {
      return await ask(argument);
    } finally {
      underWay = false;
      const waiting = next;
      next = null;
      if (waiting) run(waiting.argument).then(waiting.resolve, waiting.reject);
    }
  };

  return (argument) => {
    if (!underWay) return run(argument);
    next?.resolve(undefined);
    return new Promise((resolve, reject) => {
      next = { argument, resolve, reject };
    });
  };
}
