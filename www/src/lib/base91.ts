// Bytes as text, two characters for thirteen bits and some: a fifteenth less than base64, which for the wasm is 0.19 MB.
//
// Source: Joachim Henke, basE91. Thirteen bits leave 89 of the 91 * 91 pairs unused: small numbers take fourteen.

const BASE = 91;
const MASK = (1 << 13) - 1;
/** Thirteen bits up to here go with a fourteenth. */
const SMALL = BASE * BASE - 1 - (1 << 13);

/**
 * The 91 characters: all that can be printed, but those that have a meaning within double quotes, of a script and of
 * markup, and what ends a script.
 */
const ALPHABET = [...Array(95).keys()].map((i) => String.fromCharCode(32 + i)).filter((c) => !'"\\<&'.includes(c));

/** Text of the bytes. */
export function encode(bytes: Uint8Array): string {
  const pairs: string[] = [];
  const put = (value: number) => pairs.push(`${ALPHABET[value % BASE]}${ALPHABET[Math.floor(value / BASE)]}`);
  let [queue, bits] = [0, 0];
  for (const byte of bytes) {
    queue |= byte << bits;
    bits += 8;
    if (bits <= 13) continue;
    const width = (queue & MASK) > SMALL ? 13 : 14;
    put(queue & ((1 << width) - 1));
    queue >>>= width;
    bits -= width;
  }
  if (bits > 0) put(queue);
  return pairs.join("");
}

/** The first `length` bytes of a text that [`encode`] made. */
export function decode(text: string, length: number): Uint8Array<ArrayBuffer> {
  const places = new Uint8Array(128);
  for (const [place, character] of ALPHABET.entries()) places[character.charCodeAt(0)] = place;
  const bytes = new Uint8Array(length);
  let [queue, bits, to] = [0, 0, 0];
  for (let from = 0; from < text.length; from += 2) {
    const value = (places[text.charCodeAt(from)] ?? 0) + BASE * (places[text.charCodeAt(from + 1)] ?? 0);
    queue |= value << bits;
    bits += (value & MASK) > SMALL ? 13 : 14;
    // Beyond the end it writes nothing.
    for (; bits > 7; bits -= 8, queue >>>= 8) bytes[to++] = queue;
  }
  return bytes;
}
