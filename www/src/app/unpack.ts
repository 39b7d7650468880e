// What the page carries packed: gzip as text of `lib/base91`.
import { decode } from "../lib/base91";
import type { Packed } from "../lib/packed";

export function unpack({ text, length }: Packed): Promise<ArrayBuffer> {
  const stream = new Blob([decode(text, length)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}
