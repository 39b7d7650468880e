// How captures come in: dropped anywhere on the window, chosen by button or key, alone or in folders.
import { signal } from "@preact/signals";
import { visible } from "../lib/escape";
import { firstTwice, gatherChosen, notesOf } from "../lib/folder";
import type { CaptureFile } from "../lib/protocol";
import { type Look, outside } from "./outside";
import { split } from "./side";
import { analyse, beginLooking, isTablesOnly, notice, refuse, report, setSideFiles, sideFiles } from "./store";

/** Whether files are held over the window. */
export const isDragging = signal(false);

let filePicker: HTMLInputElement | null = null;
let folderPicker: HTMLInputElement | null = null;

/** The page's file input; the components hand it over when it is there. */
export function setFilePicker(input: HTMLInputElement | null): void {
  filePicker = input;
}

/** The page's folder input. */
export function setFolderPicker(input: HTMLInputElement | null): void {
  folderPicker = input;
  // No property of this name is a typed attribute of the element; every browser knows it.
  input?.setAttribute("webkitdirectory", "");
}

export function openPicker(): void {
  filePicker?.click();
}

export function openFolderPicker(): void {
  folderPicker?.click();
}

/** Takes the files of the input and empties it, so that the same file can be chosen again. */
export function takePicked(input: HTMLInputElement): void {
  void takeFiles(emptied(input).map(single), []);
}

/** Takes the folder of the input. */
export function takePickedFolder(input: HTMLInputElement): void {
  const found = gatherChosen(emptied(input));
  void takeFiles(found.files, notesOf(found));
}

function emptied(input: HTMLInputElement): File[] {
  const files = [...(input.files ?? [])];
  input.value = "";
  return files;
}

function single(file: File): CaptureFile {
  return { file, path: file.name, isFromFolder: false };
}

/** Counts the takings: of captures the latest is analysed. */
let takings = 0;

/** Takes files by what they are: those beside a capture join it, captures are analysed. */
async function takeFiles(files: CaptureFile[], notes: string[], hasFolder = false): Promise<void> {
  takings += 1;
  const mine = takings;
  const { captures, side, problem } = await split(files, report.value !== null && !isTablesOnly.value);
  if (side.length > 0) {
    // The same file again takes the place of the old one.
    const names = new Set(side.map(({ name }) => name));
    setSideFiles([...sideFiles.value.filter(({ name }) => !names.has(name)), ...side]);
    notice.value = `Beside the capture: ${visible([...names].join(", "), 200)}.`;
  }
  const isOnlySide = captures.length === 0 && files.length > 0 && !hasFolder;
  if (!isOnlySide && mine === takings) takeCaptures(captures, notes);
  if (problem !== null) refuse(problem);
}

/** Analyses captures as one; two of the same name would be one capture counted twice. */
function takeCaptures(files: CaptureFile[], notes: string[]): void {
  const twice = firstTwice(files);
  if (twice !== null) {
    refuse({
      title: "Two of the files have the same name.",
      cause: `twice: ${twice}`,
      advice: "The same capture twice would count everything twice. Leave one out, or give it another name.",
    });
  } else if (files.length > 0) analyse({ kind: "files", files, notes });
  else {
    refuse({
      title: "There is nothing in this folder.",
      cause: ["no files", ...notes].join(". "),
      advice: "Choose a folder with captures in it, or drop the captures themselves.",
      way: "folder",
    });
  }
}

/** Looks through dropped folders and analyses what is in them. */
async function takeFolders(names: string[], look: Look): Promise<void> {
  const watch = beginLooking(names);
  const found = await look(watch);
  if (!watch.signal.aborted) await takeFiles(found.files, notesOf(found), true);
}

export function takeDrops(): void {
  outside.takeDrops({
    over: (isOver) => {
      isDragging.value = isOver;
    },
    files: (files) => void takeFiles(files.map(single), []),
    folders: (names, look) => void takeFolders(names, look),
  });
}

export function takeKeys(): void {
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "o") {
      event.preventDefault();
      openPicker();
    }
  });
}
