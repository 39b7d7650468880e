// What may come next in a filter that is being typed. Words of the language only: none of the capture.
import type { FilterField } from "./catalogue";

export interface Completion {
  /** The whole filter with the word in it. */
  text: string;
  /** What the word says. */
  meaning: string;
}

/** Offered at once, at most. */
const MOST = 12;

const JOINTS: readonly [word: string, meaning: string][] = [
  ["and", "both must hold"],
  ["or", "one must hold"],
];
const INVERSION: readonly [word: string, meaning: string] = ["not", "what comes next must not hold"];
const ORDER: readonly [word: string, meaning: string][] = [
  [">", "more than"],
  [">=", "at least"],
  ["<", "less than"],
  ["<=", "at most"],
];
/** Values that the language itself knows. */
const VALUES: Record<string, readonly string[]> = {
  severity: ["info", "low", "medium", "high", "critical"],
  proto: ["tcp", "udp", "icmp", "icmp6", "arp", "sctp"],
  state: ["S0", "S1", "S2", "S3", "SF", "REJ", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"],
};

const TOKEN = /[(){},]|[=<>!]+|[^\s(){},=<>!]+/g;
const BEGUN = /[^\s(){},=<>!]*$/;
const OPENS = /^(\(|and|or|not|&&|\|\|)$/i;

/** What may stand in place of a filter's last word. */
export function completions(text: string, fields: readonly FilterField[]): Completion[] {
  const begun = BEGUN.exec(text)?.[0] ?? "";
  const before = text.slice(0, text.length - begun.length);
  const tokens = before.match(TOKEN) ?? [];
  return candidates(tokens, fields)
    .filter(([word]) => word !== begun && word.toLowerCase().startsWith(begun.toLowerCase()))
    .slice(0, MOST)
    .map(([word, meaning]) => ({ text: `${before}${word} `, meaning }));
}

function candidates(tokens: string[], fields: readonly FilterField[]): readonly (readonly [string, string])[] {
  const last = tokens.at(-1);
  const names = fields.flatMap(({ name, aliases, meaning }) =>
    [name, ...aliases].map((word) => [word, meaning] as const),
  );
  if (last === undefined || OPENS.test(last)) return [...names, INVERSION];
  const fieldOf = (word: string | undefined) =>
    fields.find(({ name, aliases }) => name === word || (word !== undefined && aliases.includes(word)));
  const isCompared = /^[=<>!]+$/.test(last);
  const field = fieldOf(isCompared ? tokens.at(-2) : isListed(tokens) ? fieldOfList(tokens) : last);
  const values = (field === undefined ? [] : (VALUES[field.name] ?? [])).map((word) => [word, ""] as const);
  if (isCompared || isListed(tokens)) return values;
  if (field === undefined) return [...JOINTS, ...names];
  return [...values, ...(/[<>]/.test(field.example) ? ORDER : [])];
}

/** Whether the next word is one of `in {a, b}`. */
function isListed(tokens: string[]): boolean {
  return tokens.lastIndexOf("{") > tokens.lastIndexOf("}");
}

function fieldOfList(tokens: string[]): string | undefined {
  return tokens[tokens.lastIndexOf("{") - 2];
}
