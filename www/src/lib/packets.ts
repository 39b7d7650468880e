// Packets read again from the file: what they look like on their way to the page.

/** Which packets or filters are meant: a row's, a finding's, or those of the table as it is filtered. */
export type Selection = { kind: "row"; row: number } | { kind: "finding"; id: string } | { kind: "selection" };

/** One header or payload in a packet's bytes. */
export interface Layer {
  name: string;
  offset: number;
  length: number;
  summary: string;
}

export interface ListedPacket {
  number: number;
  ts: string;
  captured_len: number;
  original_len: number;
  comment: string | null;
  src: string;
  dst: string;
  src_port: number | null;
  dst_port: number | null;
  proto: string;
  layers: Layer[];
  /** Its first bytes. */
  preview: ArrayLike<number>;
}

export type TableFormat = "csv" | "json";

/** A selection as a filter of another program, or as a table; no text where everything is selected. */
export interface FilterText {
  text: string;
  /** Whether it also lets through what is not selected. */
  is_wider: boolean;
  /** What it matches beside the selection and what it relies on; empty where there is nothing to say. */
  note: string;
}

export interface Filters {
  display: FilterText;
  bpf: FilterText;
}

/** Packets listed of a selection. */
export const LISTED = 200;

/** Bytes shown of a packet. */
export const PREVIEW = 256;

/** `ethernet / ipv4 / tcp` */
export function layerPath(layers: readonly Layer[]): string {
  return layers.map(({ name }) => name).join(" / ");
}

/** One line of a hexdump. */
export interface DumpLine {
  offset: number;
  /** The bytes, each with the place of its layer in the list; -1 where no layer has it. */
  cells: { hex: string; char: string; layer: number }[];
}

/** The bytes in lines of `width`; of layers that overlap the inner one, the later in the list, has the byte. */
export function dump(bytes: ArrayLike<number>, layers: readonly Layer[], width: number): DumpLine[] {
  const lines: DumpLine[] = [];
  for (let offset = 0; offset < bytes.length; offset += width) {
    const cells: DumpLine["cells"] = [];
    for (let at = offset; at < Math.min(bytes.length, offset + width); at += 1) {
      const byte = bytes[at] ?? 0;
      cells.push({
        hex: byte.toString(16).padStart(2, "0"),
        // Printable ASCII; anything else could act on the reader.
        char: byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
        layer: layers.findLastIndex((layer) => at >= layer.offset && at < layer.offset + layer.length),
      });
    }
    lines.push({ offset, cells });
  }
  return lines;
}
