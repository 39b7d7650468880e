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
  return self;
}

describe("Fetcher", () => {
  it("asks the helper and ends it", async () => {
    // As the helper runs it: from its text, with nothing around it.
    const run = new Function("postMessage", `let onmessage; ${script}; return onmessage;`);
    const one = helper((request, self) => run((data: never) => self.onmessage?.({ data }))({ data: request }));
    const fetcher = new Fetcher(() => one);
    const both = await Promise.all([fetcher.fetch(file, 0, 3), fetcher.fetch(file, 7, 10)]);
    expect(both.map(text)).toEqual(["012", "789"]);
    fetcher.stop();
    expect(one.isEnded).toBe(true);
  });

  it("hands on why a slice cannot be read", async () => {
    const one = helper((request, self) =>
      self.onmessage?.({ data: { id: request.id, name: "NotReadableError", why: "it is gone" } }),
    );
    await expect(new Fetcher(() => one).fetch(file, 0, 3)).rejects.toMatchObject({
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
    expect(text(await fetcher.fetch(file, 2, 4))).toBe("23");
    expect(text(await fetcher.fetch(file, 4, 6))).toBe("45");
    expect(broken.isEnded).toBe(true);
  });
});
