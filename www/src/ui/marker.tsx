// The one thing of a chart that the keyboard is on: a button over it, moved by the arrow keys, pressed to act.
import { useEffect, useRef } from "preact/hooks";

interface Props {
  /** Where it is, logical pixels in the chart. */
  box: { left: number; top: number; width: number; height: number };
  /** What is under it, and what pressing does. */
  label: string;
  /** Tells one place from another. */
  place: string;
  isRound?: boolean;
  onPress: () => void;
  /** The key pressed; true where it led somewhere. */
  onKey: (key: string) => boolean;
  onFocus: () => void;
  onBlur: () => void;
}

/** Smallest target of a finger (WCAG 2.5.8). */
const LEAST = 24;

export function Marker({ box, label, place, isRound, onPress, onKey, onFocus, onBlur }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const follows = useRef(false);
  const isTaken = useRef(false);
  // Another place is another button: screen readers tell what it is.
  useEffect(() => {
    if (follows.current) button.current?.focus({ preventScroll: true });
    follows.current = false;
  }, [place]);
  const width = Math.max(LEAST, box.width);
  const height = Math.max(LEAST, box.height);
  return (
    <button
      key={place}
      ref={button}
      type="button"
      class={`chart-marker${isRound === true ? " is-round" : ""}`}
      aria-label={label}
      style={{
        left: `${box.left + (box.width - width) / 2}px`,
        top: `${box.top + (box.height - height) / 2}px`,
        width: `${width}px`,
        height: `${height}px`,
      }}
      onClick={onPress}
      onFocus={onFocus}
      onBlur={onBlur}
      onKeyDown={(event) => {
        if (!onKey(event.key)) return;
        event.preventDefault();
        // The space bar acts where it is.
        follows.current = event.key !== " ";
        isTaken.current = event.key === " ";
      }}
      onKeyUp={(event) => {
        // Some browsers press the button when the key comes up.
        if (event.key === " " && isTaken.current) event.preventDefault();
        isTaken.current = false;
      }}
    />
  );
}
