// What marks a cluster: the features whose typical value is farthest from the whole capture's centre.
import type { Cluster, FeatureSummary } from "./report";

export interface Mark {
  feature: FeatureSummary;
  value: number;
  /** Deviations from the centre; negative is below. */
  deviation: number;
}

export function marksOf(cluster: Cluster, features: readonly FeatureSummary[], most = 3): Mark[] {
  const marks: Mark[] = [];
  features.forEach((feature, i) => {
    const value = cluster.typical[i];
    if (value === null || value === undefined) return;
    const transformed = feature.transform === "log1p" ? Math.log1p(Math.max(0, value)) : value;
    const deviation = (transformed - feature.center) / feature.scale;
    if (Number.isFinite(deviation)) marks.push({ feature, value, deviation });
  });
  return marks.sort((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation)).slice(0, most);
}
