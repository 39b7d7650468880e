// The app is not trusted by the shell: whoever got into it has its port. What is not exactly a small request of a known
// kind is not heard.
import { decode, encode } from "../lib/hash";
import type { ToShell } from "../lib/seal";

/** Longest settings, characters; they have about 1,500. */
const LONGEST_SETTINGS = 16_384;
/** Most settings, and longest of their words. */
const MOST_SETTINGS = 200;
const LONGEST_WORD = 2000;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
/** A name that every system takes, as the page makes them, and a suffix. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,150}$/;
/** Highest page on paper, CSS pixels. */
const HIGHEST = 1_000_000;

type Unknown = Record<string, unknown>;

/** The request that a message is; null where it is none. */
export function checked(data: unknown): ToShell | null {
  if (typeof data !== "object" || data === null) return null;
  const { type, ...said } = data as Unknown;
  switch (type) {
    case "view":
      return view(said);
    case "keep":
      return said.text === null || isSettings(said.text) ? { type, text: said.text as string | null } : null;
    case "save":
      return said.file instanceof Blob && typeof said.name === "string" && FILE_NAME.test(said.name)
        ? { type, file: said.file, name: said.name }
        : null;
    case "held":
      return { type };
    case "stop":
      return Number.isSafeInteger(said.drop) ? { type, drop: said.drop as number } : null;
    case "height":
      return Number.isFinite(said.pixels) && (said.pixels as number) > 0 && (said.pixels as number) <= HIGHEST
        ? { type, pixels: said.pixels as number }
        : null;
    default:
      return null;
  }
}

/** A view only in the very words that the page has for it. */
function view({ hash, number, isPushed }: Unknown): ToShell | null {
  if (typeof hash !== "string" || !Number.isFinite(number) || typeof isPushed !== "boolean") return null;
  const said = decode(hash);
  if (said === null || encode(said) !== hash) return null;
  return { type: "view", hash, number: number as number, isPushed };
}

/** A file of settings as the page writes it: names of settings, and a short value for each. */
function isSettings(text: unknown): boolean {
  if (typeof text !== "string" || text.length > LONGEST_SETTINGS) return false;
  try {
    const { wiresift_settings, settings, ...rest } = JSON.parse(text) as Unknown;
    if (!Number.isSafeInteger(wiresift_settings) || Object.keys(rest).length > 0) return false;
    if (typeof settings !== "object" || settings === null || Array.isArray(settings)) return false;
    const all = Object.entries(settings);
    return all.length <= MOST_SETTINGS && all.every(([name, value]) => NAME.test(name) && isShort(value));
  } catch {
    return false;
  }
}

function isShort(value: unknown): boolean {
  return (
    typeof value === "boolean" ||
    typeof value === "number" ||
    (typeof value === "string" && value.length <= LONGEST_WORD)
  );
}
