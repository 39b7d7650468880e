// A canvas at the screen's pixel ratio, drawn again when its size, the ratio, the theme or its data change: each in a
// task of its own.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Charts } from "../../pkg/wiresift.js";
import { isDark } from "../app/theme";
import { takeTurn } from "../app/turns";

export interface Drawn {
  /** Device pixels a logical pixel. */
  scale: number;
  width: number;
  height: number;
}

interface Props {
  /** Draws; what it throws is shown in place of the picture. */
  draw: (canvas: HTMLCanvasElement, isDark: boolean, scale: number) => void;
  /** Everything but size and theme that the picture depends on. */
  depends: readonly unknown[];
  /** The picture in words. */
  label: string;
  class?: string;
  onDrawn?: (drawn: Drawn) => void;
  onPointerDown?: (x: number, y: number, event: PointerEvent) => void;
  onPointerMove?: (x: number, y: number, event: PointerEvent) => void;
  onPointerUp?: () => void;
  onPointerCancel?: () => void;
  onPointerLeave?: () => void;
  onClick?: (x: number, y: number, event: MouseEvent) => void;
  children?: ComponentChildren;
}

export function Canvas(props: Props) {
  const { draw, depends, label, onDrawn, onPointerMove, onPointerLeave, onClick, children } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<Drawn>({ scale: 1, width: 0, height: 0 });
  const [problem, setProblem] = useState<string | null>(null);
  const dark = isDark.value;

  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const measure = () => {
      const { width, height } = element.getBoundingClientRect();
      const scale = Math.min(4, Math.max(1, globalThis.devicePixelRatio || 1));
      setSize((old) =>
        old.scale === scale && old.width === width && old.height === height ? old : { scale, width, height },
      );
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // A window that moves to another screen changes the ratio and not the size.
    globalThis.addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      globalThis.removeEventListener("resize", measure);
    };
  }, []);

  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null || size.width < 1 || size.height < 1) return;
    return takeTurn(() => {
      element.width = Math.round(size.width * size.scale);
      element.height = Math.round(size.height * size.scale);
      try {
        draw(element, dark, size.scale);
        setProblem(null);
      } catch (cause) {
        setProblem(cause instanceof Error ? cause.message : String(cause));
      }
      // Another object each time: what stands over the picture moves with it.
      onDrawn?.({ ...size });
    });
  }, [size, dark, ...depends]);

  const pixel = (event: MouseEvent): [number, number] => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [Math.round((event.clientX - box.left) * size.scale), Math.round((event.clientY - box.top) * size.scale)];
  };

  return (
    <div class={`chart ${props.class ?? ""}`}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        onPointerDown={(event) => props.onPointerDown?.(...pixel(event), event)}
        onPointerUp={() => props.onPointerUp?.()}
        onPointerCancel={() => props.onPointerCancel?.()}
        onPointerMove={(event) => onPointerMove?.(...pixel(event), event)}
        onPointerLeave={() => onPointerLeave?.()}
        onClick={(event) => onClick?.(...pixel(event), event)}
      />
      {children}
      {problem !== null && <p class="chart-problem">This chart could not be drawn: {problem}</p>}
    </div>
  );
}

/** The charts that a picture shows: those drawn last, until others are; and what notes that these were. */
export function usePainted(drawn: Charts | null): [Charts | null, () => void] {
  const [painted, setPainted] = useState<Charts | null>(null);
  return [painted ?? drawn, () => setPainted(drawn)];
}

interface TooltipProps {
  x: number;
  y: number;
  width: number;
  children: ComponentChildren;
}

/** A note beside the pointer, kept inside the chart. Positions are logical pixels in the chart. */
export function Tooltip({ x, y, width, children }: TooltipProps) {
  const place =
    x > width / 2 ? { right: `${width - x + 12}px`, top: `${y}px` } : { left: `${x + 12}px`, top: `${y}px` };
  return (
    <div class="tooltip" style={place}>
      {children}
    </div>
  );
}
