// The beginnings of a big capture that are looked at while all of it is read.

const MB = 1_000_000;

/** Bytes, one part after the other: each costs an eighth of the next. */
const PARTS = [4 * MB, 32 * MB, 256 * MB];

/** A part is looked at where all is so many times larger: of less the whole is there as soon. */
const LEAST_TIMES = 4;

/** The parts of so many bytes, in bytes; none where all is there as soon. */
export function partsOf(total: number): number[] {
  return PARTS.filter((part) => part * LEAST_TIMES <= total);
}
