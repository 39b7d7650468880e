/** What the page carries packed: gzip as text of `base91`. */
export interface Packed {
  text: string;
  /** Bytes of the gzip. */
  length: number;
}
