// Which rows of a long table are on the screen. Browsers stop at some tens of millions of pixels, so the scroll range
// is capped and beyond the cap a pixel stands for more than its share of rows.

/** Chromium stops at 33.5 million device pixels and Firefox at 17.8 million: safe at four device pixels a pixel. */
export const MAX_HEIGHT = 4_000_000;

export interface Geometry {
  /** Rows of the table. */
  rows: number;
  /** Pixels a row. */
  rowHeight: number;
  /** Pixels of the screen that show rows. */
  viewport: number;
}

/** Height of the scrolled content. */
export function contentHeight({ rows, rowHeight }: Geometry): number {
  return Math.min(rows * rowHeight, MAX_HEIGHT);
}

function lastTop(geometry: Geometry): number {
  return Math.max(0, contentHeight(geometry) - geometry.viewport);
}

function lastFirstRow({ rows, rowHeight, viewport }: Geometry): number {
  return Math.max(0, rows - viewport / rowHeight);
}

/** The row at the top edge, with its hidden part as a fraction. */
export function topRow(geometry: Geometry, scrollTop: number): number {
  const range = lastTop(geometry);
  if (range === 0) return 0;
  const share = Math.min(1, Math.max(0, scrollTop / range));
  return share * lastFirstRow(geometry);
}

/** Where to scroll so that a row is at the top edge. */
export function scrollTopOf(geometry: Geometry, row: number): number {
  const range = lastFirstRow(geometry);
  if (range === 0) return 0;
  return Math.min(1, Math.max(0, row / range)) * lastTop(geometry);
}

/** The rows on the screen and how many pixels of the first are above its edge. */
export function visibleRows(geometry: Geometry, scrollTop: number): { start: number; count: number; shift: number } {
  const top = topRow(geometry, scrollTop);
  const start = Math.min(Math.floor(top), Math.max(0, geometry.rows - 1));
  const count = Math.min(geometry.rows - start, Math.ceil(geometry.viewport / geometry.rowHeight) + 1);
  return { start, count: Math.max(0, count), shift: (top - start) * geometry.rowHeight };
}

/** Where to scroll so that a row is seen whole, moving as little as possible. */
export function reveal(geometry: Geometry, scrollTop: number, row: number): number {
  const top = topRow(geometry, scrollTop);
  const fits = geometry.viewport / geometry.rowHeight;
  if (row < top) return scrollTopOf(geometry, row);
  if (row + 1 > top + fits) return scrollTopOf(geometry, row + 1 - fits);
  return scrollTop;
}
