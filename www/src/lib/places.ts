// The parts of a result that a reader goes to, by the name that the address has for them.
import type { Report } from "./report";

export const PLACES = ["findings", "scores", "time", "overview", "hosts", "rows", "account"] as const;

export type Place = (typeof PLACES)[number];

export function isPlace(name: string): name is Place {
  return (PLACES as readonly string[]).includes(name);
}

/** The parts that a report has, in the order on the page. */
export function placesOf({ summary, detection, charts }: Report): Place[] {
  const isThere: Record<Place, boolean> = {
    findings: detection.status !== "not_enough_data",
    scores: detection.status !== "not_enough_data",
    time: charts.timeline.packets.length > 0,
    overview: true,
    hosts: charts.host_graph.nodes.length > 0,
    rows: summary.flows > 0,
    account: true,
  };
  return PLACES.filter((place) => isThere[place]);
}
