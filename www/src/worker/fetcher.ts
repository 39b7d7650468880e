// A second worker that only fetches slices. A worker that analyses does not hear the file's bytes coming, and the
// browser does not send many of them ahead: fetching in the same thread takes the sum of both times.
import { type Fetch, fetchHere } from "./reader";

export interface SliceRequest {
  type: "slice";
  id: number;
  file: Blob;
  start: number;
  end: number;
  /** Where the bytes are to be read to; moves with the request, and with its answer back. */
  memory: ArrayBuffer | undefined;
}

/** What the second worker says: first that it is there, then a slice, or why there is none. */
export type SliceAnswer = "ready" | { id: number; bytes: Uint8Array } | { id: number; name: string; why: string };

/** The part of a Worker that is used here. */
export interface Helper {
  postMessage(message: SliceRequest, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: { data: SliceAnswer }) => void) | null;
  onerror: ((event: { preventDefault?: () => void }) => void) | null;
}

interface Pending {
  request: SliceRequest;
  resolve: (bytes: Uint8Array) => void;
  reject: (cause: unknown) => void;
}

/**
 * Fetches in a thread of its own, or in this one: until the other has said that it is there, and where the browser does
 * not allow it another.
 */
export class Fetcher {
  #helper: Helper | null = null;
  #isReady = false;
  #asked = 0;
  #pending = new Map<number, Pending>();

  constructor(spawn: () => Helper) {
    try {
      this.#helper = spawn();
      this.#listen(this.#helper);
    } catch {
      // Everything is fetched here.
    }
  }

  readonly fetch: Fetch = (file, start, end, memory) => {
    if (!this.#isReady) return fetchHere(file, start, end, memory);
    this.#asked += 1;
    const request: SliceRequest = { type: "slice", id: this.#asked, file, start, end, memory };
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { request, resolve, reject });
      this.#helper?.postMessage(request, memory === undefined ? [] : [memory]);
    });
  };

  stop(): void {
    this.#helper?.terminate();
    this.#helper = null;
    this.#isReady = false;
  }

  #listen(helper: Helper): void {
    helper.onmessage = ({ data }) => {
      if (data === "ready") {
        this.#isReady = true;
        return;
      }
      const pending = this.#pending.get(data.id);
      this.#pending.delete(data.id);
      if ("bytes" in data) pending?.resolve(data.bytes);
      else pending?.reject(Object.assign(new Error(data.why), { name: data.name }));
    };
    helper.onerror = (event) => {
      event.preventDefault?.();
      this.#giveUp();
    };
  }

  /** There is no second thread: what it was asked for is fetched here. */
  #giveUp(): void {
    this.stop();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { request, resolve, reject } of pending) {
      fetchHere(request.file, request.start, request.end).then(resolve, reject);
    }
  }
}
