// A line drawn freely around points by a mouse or a pen.
import { useRef, useState } from "preact/hooks";

type Place = readonly [x: number, y: number];

/** Logical pixels after which a press is no click. */
const DRAG = 6;
/** Logical pixels between two places of the line. */
const STEP = 3;

export interface Lasso {
  /** The line so far, logical pixels in the chart; empty while none is drawn. */
  line: readonly Place[];
  down: (x: number, y: number, event: PointerEvent) => void;
  /** True while a line is drawn. */
  move: (x: number, y: number) => boolean;
  /** Ends the line; true where there was one: then the click that follows is none. */
  up: () => boolean;
  cancel: () => void;
}

/** `done` takes the closed line's corners. */
export function useLasso(done: (corners: readonly Place[]) => void): Lasso {
  const from = useRef<Place | null>(null);
  const places = useRef<Place[]>([]);
  const [line, setLine] = useState<readonly Place[]>([]);
  const cancel = () => {
    from.current = null;
    places.current = [];
    setLine([]);
  };
  return {
    line,
    down: (x, y, event) => {
      // A finger scrolls.
      if (event.button !== 0 || event.pointerType === "touch") return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      from.current = [x, y];
    },
    move: (x, y) => {
      if (from.current === null) return false;
      const [lastX, lastY] = places.current.at(-1) ?? from.current;
      const isBegun = places.current.length > 0;
      if (Math.hypot(x - lastX, y - lastY) >= (isBegun ? STEP : DRAG)) {
        if (!isBegun) places.current.push(from.current);
        places.current.push([x, y]);
        setLine([...places.current]);
      }
      return places.current.length > 0;
    },
    up: () => {
      const corners = places.current;
      cancel();
      if (corners.length > 2) done(corners);
      return corners.length > 0;
    },
    cancel,
  };
}
