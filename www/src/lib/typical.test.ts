import { expect, it } from "vitest";
import type { Cluster, FeatureSummary } from "./report";
import { marksOf } from "./typical";

const feature = (name: string, transform: string, center: number, scale: number): FeatureSummary => ({
  name,
  unit: "",
  transform,
  center,
  scale,
});

it("orders features by their distance from the centre and skips what is missing", () => {
  const features = [
    feature("a", "linear", 1, 1),
    feature("b", "log1p", 0, 0.5),
    feature("c", "linear", 0, 0),
    feature("d", "linear", 0, 1),
  ];
  const cluster = { typical: [2, Math.E - 1, 1, null] } as Cluster;
  const marks = marksOf(cluster, features);
  expect(marks.map((mark) => mark.feature.name)).toEqual(["b", "a"]);
  expect(marks[0]?.deviation).toBeCloseTo(2, 12);
  expect(marksOf(cluster, features, 1)).toHaveLength(1);
});
