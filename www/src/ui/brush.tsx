// The range of time over a chart: drawn with the pointer, moved and widened by keys.
import { useState } from "preact/hooks";
import { grown, moved, type Steps } from "../lib/steps";

/** Steps of the large keys, as a share of all. */
const LEAP = 10;

export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Props {
  area: Area;
  /** How many steps there are. */
  all: number;
  steps: Steps | null;
  /** The range in words; what to do where there is none. */
  text: string;
  onChoose: (steps: Steps | null) => void;
  /** The step under the pointer, and where in the area it is; null where it left. */
  onHover: (over: { step: number; x: number; y: number } | null) => void;
}

export function Brush({ area, all, steps, text, onChoose, onHover }: Props) {
  const [drag, setDrag] = useState<{ anchor: number; steps: Steps } | null>(null);
  const shown = drag?.steps ?? steps;
  const place = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(1, box.width);
    const step = Math.max(0, Math.min(all - 1, Math.floor(share * all)));
    return { step, x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape" && steps !== null) {
      event.preventDefault();
      onChoose(null);
      return;
    }
    const leap = Math.max(1, Math.round(all / LEAP));
    // The first key makes a range to go on from.
    const from: Steps = steps ?? [0, leap];
    const width = from[1] - from[0];
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -leap, PageUp: leap }[event.key];
    const to =
      event.key === "Home"
        ? moved(from, -all, all)
        : event.key === "End"
          ? moved(from, all - width, all)
          : by === undefined
            ? null
            : steps === null
              ? from
              : event.shiftKey
                ? grown(from, by, all)
                : moved(from, by, all);
    if (to === null) return;
    event.preventDefault();
    onChoose(to);
  };
  const left = (step: number) => `${(step / all) * 100}%`;
  return (
    <div
      class="brush"
      role="slider"
      tabIndex={0}
      aria-label="Range of time"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={all}
      aria-valuenow={shown?.[0] ?? 0}
      aria-valuetext={text}
      style={{
        left: `${area.left}px`,
        top: `${area.top}px`,
        width: `${area.right - area.left}px`,
        height: `${area.bottom - area.top}px`,
      }}
      onKeyDown={keys}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const { step } = place(event);
        setDrag({ anchor: step, steps: [step, step + 1] });
      }}
      onPointerMove={(event) => {
        const over = place(event);
        onHover(over);
        if (drag === null) return;
        setDrag({ ...drag, steps: [Math.min(drag.anchor, over.step), Math.max(drag.anchor, over.step) + 1] });
      }}
      onPointerUp={() => {
        if (drag !== null) onChoose(drag.steps);
        setDrag(null);
      }}
      onPointerCancel={() => setDrag(null)}
      onPointerLeave={() => onHover(null)}
    >
      {shown !== null && (
        <>
          <span class="brush-outside" style={{ left: 0, width: left(shown[0]) }} />
          <span class="brush-range" style={{ left: left(shown[0]), width: left(shown[1] - shown[0]) }} />
          <span class="brush-outside" style={{ left: left(shown[1]), right: 0 }} />
        </>
      )}
    </div>
  );
}
