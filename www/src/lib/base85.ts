// Bytes as text, five characters for four bytes: a twentieth less than base64, which for the wasm is 0.15 MB.

/** The 85 characters: printable, and none that a string, HTML or a regular expression gives a meaning to. */
const ALPHABET = [...Array(94).keys()]
  .map((i) => String.fromCharCode(33 + i))
  .filter((c) => !"\"'\\`$<>&{".includes(c));

/** Text of the bytes; the last four are filled up with zeros. */
export function encode(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    let value = 0;
    for (let i = 0; i < 4; i += 1) value = value * 256 + (bytes[at + i] ?? 0);
    let group = "";
    for (let i = 0; i < 5; i += 1) {
      group = ALPHABET[value % 85] + group;
      value = Math.floor(value / 85);
    }
    groups.push(group);
  }
  return groups.join("");
}

/** The first `length` bytes of a text that [`encode`] made. */
export function decode(text: string, length: number): Uint8Array<ArrayBuffer> {
  const places = new Uint8Array(128);
  for (const [place, character] of ALPHABET.entries()) places[character.charCodeAt(0)] = place;
  const bytes = new Uint8Array((text.length / 5) * 4);
  const words = new DataView(bytes.buffer);
  for (let from = 0, to = 0; from < text.length; from += 5, to += 4) {
    let value = 0;
    for (let i = from; i < from + 5; i += 1) value = value * 85 + (places[text.charCodeAt(i)] ?? 0);
    words.setUint32(to, value);
  }
  return bytes.slice(0, length);
}
