import { notice } from "./store";

/** Copies text; where the browser does not allow it, marks it so that a key press does. */
export async function copy(text: string, shownIn: HTMLElement | null): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice.value = "Copied.";
  } catch {
    if (shownIn !== null) getSelection()?.selectAllChildren(shownIn);
    notice.value = "Marked: press Ctrl+C or Cmd+C to copy.";
  }
}
