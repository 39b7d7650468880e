// A range of time as a part of the filter's text: the one place that says which rows are shown.

/** Milliseconds since 1970; the end is not in it. */
export interface TimeRange {
  from: number;
  to: number;
}

const TERM = /^\s*ts >= (\S+) and ts < ([^\s()]+)(?:\s+and\s+(.+))?$/s;
const HAS_CHOICE = /\bor\b|\|\|/i;

/** The range that a filter begins with, and what it says beside. */
export function rangeOf(filter: string): { range: TimeRange | null; rest: string } {
  const parts = TERM.exec(filter);
  const [from, to] = [Date.parse(parts?.[1] ?? ""), Date.parse(parts?.[2] ?? "")];
  if (parts === null || Number.isNaN(from) || Number.isNaN(to)) return { range: null, rest: filter };
  return { range: { from, to }, rest: bare(parts[3] ?? "") };
}

/** The filter with this range in place of the one it has; without one where it is null. */
export function withRange(filter: string, range: TimeRange | null): string {
  const { rest } = rangeOf(filter);
  if (range === null) return rest;
  const term = `ts >= ${new Date(range.from).toISOString()} and ts < ${new Date(range.to).toISOString()}`;
  if (rest.trim() === "") return term;
  return HAS_CHOICE.test(rest) ? `${term} and (${rest})` : `${term} and ${rest}`;
}

/** Without the parentheses that `withRange` put around a choice. */
function bare(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")") || !HAS_CHOICE.test(text)) return text;
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length - 1; i += 1) {
    const char = text[i];
    if (isQuoted && char === "\\") i += 1;
    else if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && char === "(") depth += 1;
    else if (!isQuoted && char === ")") depth -= 1;
    // The first parenthesis closes before the end: it was not around everything.
    if (depth === 0) return text;
  }
  return text.slice(1, -1);
}
