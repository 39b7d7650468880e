// Numbers as people write them. What is not a finite number is a dash, never a word of the language.

export const NONE = "—";

type Maybe = number | null | undefined;

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Formats of so many digits: to make one takes longer than to use it a hundred times. */
const formats = new Map<number, Intl.NumberFormat>();

function formatOf(maximumSignificantDigits: number): Intl.NumberFormat {
  const format = formats.get(maximumSignificantDigits) ?? new Intl.NumberFormat("en", { maximumSignificantDigits });
  formats.set(maximumSignificantDigits, format);
  return format;
}

function finite(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** `1,234,567` */
export function count(value: Maybe): string {
  return finite(value) ? grouped.format(value) : NONE;
}

/** A count with its noun: `1 flow`, `2 flows`. */
export function counted(value: Maybe, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Decimal units, as the core writes them: `1.5 MB`. */
export function bytes(value: Maybe): string {
  if (!finite(value)) return NONE;
  if (Math.abs(value) < 1000) return `${Number.isInteger(value) ? value : value.toFixed(1)} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let scaled = value / 1000;
  let unit = 0;
  while (Math.abs(scaled) >= 999.95 && unit + 1 < units.length) {
    scaled /= 1000;
    unit += 1;
  }
  return `${scaled.toFixed(1)} ${units[unit]}`;
}

/** Bytes a second: `12.3 MB/s` */
export function byteRate(value: Maybe): string {
  return finite(value) ? `${bytes(value)}/s` : NONE;
}

/** Short counts for rates: `1.2 M`. */
export function short(value: Maybe): string {
  if (!finite(value)) return NONE;
  if (Math.abs(value) < 10_000) return count(Math.round(value));
  const units = ["k", "M", "G", "T"];
  let scaled = value / 1000;
  let unit = 0;
  while (Math.abs(scaled) >= 999.5 && unit + 1 < units.length) {
    scaled /= 1000;
    unit += 1;
  }
  return `${scaled.toFixed(scaled < 99.5 ? 1 : 0)} ${units[unit]}`;
}

/** Seconds: `0 s`, `85 µs`, `350 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`, `3 d 4 h`. */
export function duration(value: Maybe): string {
  if (!finite(value) || value < 0) return NONE;
  if (value === 0) return "0 s";
  if (value < 0.9995e-3) return `${significant(value * 1e6, 3)} µs`;
  if (value < 0.9995) return `${significant(value * 1e3, 3)} ms`;
  if (value < 59.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${count(Math.floor(whole / 86_400))} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** 0 to 1 with three decimals. */
export function score(value: Maybe): string {
  return finite(value) ? value.toFixed(3) : NONE;
}

/** A share as per cent: `12.3 %`. */
export function share(value: Maybe): string {
  if (!finite(value)) return NONE;
  const percent = value * 100;
  if (percent !== 0 && Math.abs(percent) < 0.1) return percent > 0 ? "< 0.1 %" : "> -0.1 %";
  return `${Number.isInteger(percent) ? percent : percent.toFixed(1)} %`;
}

/** So many significant digits, without a tail of zeros. */
export function significant(value: Maybe, digits = 4): string {
  if (!finite(value)) return NONE;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-6) return value.toExponential(digits - 1).replace(/\.?0+e/, "e");
  const rounded = Number(value.toPrecision(digits));
  return formatOf(Math.max(digits, Math.ceil(Math.log10(size)))).format(rounded);
}

/** A feature's value in the unit of the catalogue. */
export function feature(value: Maybe, unit: string): string {
  switch (unit) {
    case "s":
    case "seconds":
      return duration(value);
    case "B":
    case "bytes":
      return bytes(value);
    case "share":
    case "0-1":
      return significant(value, 3);
    default:
      return significant(value, 4);
  }
}

/** First letter large. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A word of the core for people: `empty_file` is `empty file`. */
export function words(name: string): string {
  return name.replaceAll("_", " ");
}

/** A protocol's name; a bare IP protocol number says what it is. */
export function protocol(name: string): string {
  return /^\d+$/.test(name) ? `IP protocol ${name}` : name;
}
