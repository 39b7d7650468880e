import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import { dump, type Layer, type ListedPacket } from "../lib/packets";

/** Pixels below which a line has eight bytes and not sixteen. */
const WIDE = 620;
/** Ways of marking a layer; the next one begins again. */
const MARKS = 6;

/** A packet's layers and its first bytes; a layer that is chosen stands out among them. */
export function Dissection({ packet }: { packet: ListedPacket }) {
  const [chosen, setChosen] = useState(-1);
  const { layers, preview, captured_len } = packet;
  const layer = layers[chosen];
  return (
    <div class="dissection">
      <ol class="layers">
        {layers.map((one, i) => (
          <li key={`${one.name} ${one.offset}`}>
            <button
              type="button"
              class="layer quiet"
              aria-pressed={i === chosen}
              onClick={() => setChosen(i === chosen ? -1 : i)}
            >
              <span class={`layer-name mark-${i % MARKS}`}>{visible(one.name, 40)}</span>
              <span class="meta-inline">{range(one)}</span>
              <span class="layer-summary">{visible(one.summary, 300)}</span>
            </button>
          </li>
        ))}
      </ol>
      <Hexdump packet={packet} chosen={chosen} />
      <p class="hint" role="status">
        {layer !== undefined && `${visible(layer.name, 40)}: ${range(layer)}${shownPart(layer, preview.length)}. `}
        {preview.length < captured_len &&
          `The first ${format.count(preview.length)} of ${format.count(captured_len)} captured bytes.`}
      </p>
    </div>
  );
}

function range({ offset, length }: Layer): string {
  if (length === 0) return `at byte ${offset}`;
  return length === 1 ? `byte ${offset}` : `bytes ${offset} to ${offset + length - 1}`;
}

function shownPart({ offset, length }: Layer, shown: number): string {
  if (length > 0 && offset >= shown) return ", beyond the bytes shown";
  return offset + length > shown ? ", not all of them shown" : "";
}

function Hexdump({ packet: { preview, layers, number }, chosen }: { packet: ListedPacket; chosen: number }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(8);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth >= WIDE ? 16 : 8));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const classOf = (layer: number) => (layer < 0 ? "" : `mark-${layer % MARKS}${layer === chosen ? " is-chosen" : ""}`);
  return (
    <div class="hexdump" ref={box}>
      <table>
        <caption class="visually-hidden">Bytes of packet {format.count(number)}</caption>
        <thead>
          <tr>
            <th scope="col">Offset</th>
            <th scope="col">Hex</th>
            <th scope="col">ASCII</th>
          </tr>
        </thead>
        <tbody>
          {dump(preview, layers, width).map(({ offset, cells }) => (
            <tr key={offset}>
              <th scope="row">{offset.toString(16).padStart(4, "0")}</th>
              <td>
                {runs(cells).map(({ at, layer, part }) => [
                  at > 0 && " ",
                  <span key={at} class={classOf(layer)}>
                    {part.map(({ hex }) => hex).join(" ")}
                  </span>,
                ])}
              </td>
              <td>
                {runs(cells).map(({ at, layer, part }) => (
                  <span key={at} class={classOf(layer)}>
                    {part.map(({ char }) => char).join("")}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type Cells = ReturnType<typeof dump>[number]["cells"];

/** Neighbours of one layer together. */
function runs(cells: Cells): { at: number; layer: number; part: Cells }[] {
  const found: { at: number; layer: number; part: Cells }[] = [];
  for (const [at, cell] of cells.entries()) {
    const last = found.at(-1);
    if (last?.layer === cell.layer) last.part.push(cell);
    else found.push({ at, layer: cell.layer, part: [cell] });
  }
  return found;
}
