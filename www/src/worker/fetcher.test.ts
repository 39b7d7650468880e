import { describe, expect, it } from "vitest";
import { Fetcher, type Helper, type SliceRequest } from "./fetcher";
import { script } from "./helper";

const file = new Blob(["0123456789"]);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A helper in this thread. */
function helper(answer: (request: SliceRequest, self: Helper) => void): Helper & { isEnded: boolean } {
  const self = {
    isEnded: false,
    onmessage: null as Helper["onmessage"],
    onerror: null as Helper["onerror"],
    postMessage: (request: SliceRequest) => answer(request, self),
    terminate: () => {
      self.isEnded = true;
    },
  };
  queueMicrotask(() => self.onmessage?.({ data: "ready" }));
  return self;
}

describe("Fetcher", () => {
  it("asks the helper as soon as it is there, and ends it", async () => {
    // As the helper runs it: from its text, with nothing around it.
    const run = new Function("postMessage", `let onmessage; ${script}; return onmessage;`);
    const asked: number[] = [];
    const one = helper((request, self) => {
      asked.push(request.start);
      run((data: never) => self.onmessage?.({ data }))({ data: request });
    });
    const fetcher = new Fetcher(() => one);
    expect(text(await fetcher.fetch(file, 3, 7))).toBe("3456");
    expect(asked).toEqual([]);
    const both = await Promise.all([fetcher.fetch(file, 0, 3), fetcher.fetch(file, 7, 10)]);
    expect(both.map(text)).toEqual(["012", "789"]);
    expect(asked).toEqual([0, 7]);
    fetcher.stop();
    expect(one.isEnded).toBe(true);
  });

  it("hands on why a slice cannot be read", async () => {
    const one = helper((request, self) =>
      self.onmessage?.({ data: { id: request.id, name: "NotReadableError", why: "it is gone" } }),
    );
    const fetcher = new Fetcher(() => one);
    await Promise.resolve();
    await expect(fetcher.fetch(file, 0, 3)).rejects.toMatchObject({
      name: "NotReadableError",
      message: "it is gone",
    });
  });

  it("fetches here where there is no helper, and what a helper left undone", async () => {
    const refused = new Fetcher(() => {
      throw new Error("no workers in workers");
    });
    expect(text(await refused.fetch(file, 1, 2))).toBe("1");
    const broken = helper((_, self) => self.onerror?.({}));
    const fetcher = new Fetcher(() => broken);
    await Promise.resolve();
    expect(text(await fetcher.fetch(file, 2, 4))).toBe("23");
    expect(text(await fetcher.fetch(file, 4, 6))).toBe("45");
    expect(broken.isEnded).toBe(true);
  });
});
