// Text that came out of a file, made safe to read: what would act on a reader unseen is shown as what it is.

// Controls, soft hyphen, Arabic letter mark, Mongolian separator, zero width and bidi marks, line and paragraph
// separators, fillers that look like nothing, interlinear marks, tags, lone surrogates and private use.
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u115f\u1160\u2028\u2029\u3164\uffa0\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/gu;

function written(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\u{${code.toString(16)}}`;
}

/** The text with everything invisible written out; longer than `most` characters it is cut and says how long it was. */
export function visible(text: string, most = 256): string {
  const chars = text.length > most ? Array.from(text.slice(0, most * 2)) : null;
  if (chars !== null && chars.length > most) {
    const bytes = new TextEncoder().encode(text).length;
    return `${visible(chars.slice(0, most).join(""), most)}… (${bytes} bytes)`;
  }
  return text.replace(HIDDEN, written);
}

/** A safe part of a download's name from a file's: letters, digits, `.`, `_` and `-`, at most 60, never hidden. */
export function safeStem(name: string): string {
  const stem = name
    .replace(/\.(pcap|pcapng|cap|dmp)(\.(gz|zst|lz4|xz))?$/i, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .slice(0, 60)
    .replace(/^[.-]+|[.-]+$/g, "");
  // Windows keeps these names for devices, with any extension.
  if (stem === "" || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(stem)) return "capture";
  return stem;
}
