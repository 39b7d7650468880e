// The page alone in its tab.
import packed from "virtual:wasm";
import { onBack, writeHash } from "../../lib/address";
import { keep, kept } from "../../lib/kept";
import { saveAs } from "../../lib/save";
import type { Outside } from "../outside";
import { takeDrops } from "./drops";

export function alone(): Outside {
  return {
    ready: Promise.resolve(),
    core: Promise.resolve(packed),
    hash: () => location.hash,
    writeHash,
    onBack,
    kept,
    keep: async (text) => keep(text),
    saveAs,
    takeDrops: (events) => takeDrops(events),
  };
}
