import { useEffect, useRef } from "preact/hooks";
import { openFolderPicker, openPicker } from "../app/input";
import { again, problem, source } from "../app/store";
import { visible } from "../lib/escape";
import { AlertIcon, CloseIcon } from "./icons";

/** What went wrong, why, and what to do. */
export function Problem() {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = problem.value;
  useEffect(() => heading.current?.focus(), [shown]);
  if (shown === null) return null;
  return (
    <section class="banner banner-bad" role="alert" aria-labelledby="problem-title">
      <AlertIcon />
      <div class="banner-text">
        <h2 id="problem-title" tabIndex={-1} ref={heading}>
          {shown.title}
        </h2>
        <p>{shown.advice}</p>
        <p class="cause">{visible(shown.cause, 1000)}</p>
      </div>
      <div class="banner-actions">
        {shown.way === "again" && source.value !== null && (
          <button type="button" onClick={again}>
            Try again
          </button>
        )}
        {shown.way === "folder" && (
          <button type="button" onClick={openFolderPicker}>
            Choose a folder
          </button>
        )}
        {shown.way === "choose" && (
          <button type="button" onClick={openPicker}>
            Choose again
          </button>
        )}
        <button
          type="button"
          class="quiet"
          aria-label="Dismiss"
          onClick={() => {
            problem.value = null;
          }}
        >
          <CloseIcon />
        </button>
      </div>
    </section>
  );
}
