import { moment } from "../app/clock";
import { useShown } from "../app/shown";
import { select, unitName } from "../app/store";
import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Cluster } from "../lib/report";
import { marksOf } from "../lib/typical";
import { Agreement } from "./agreement";
import { Name } from "./value";

export function Clusters() {
  const shown = useShown()?.report ?? null;
  if (shown === null) return null;
  const { detection } = shown;
  const unit = unitName.value;
  return (
    <section class="card" aria-labelledby="clusters-title">
      <div class="card-head">
        <h2 id="clusters-title">What is usual</h2>
        <p class="card-note">
          {format.counted(detection.k, "cluster")} of {unit}s that are alike; ↑ and ↓ are above and below the average.
        </p>
      </div>
      <div class="scroll-x">
        <table class="plain">
          <caption class="visually-hidden">Clusters with size, spread and what marks them</caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                Cluster
              </th>
              <th scope="col" class="number">
                {format.capital(unit)}s
              </th>
              <th scope="col" class="number">
                Anomalous
              </th>
              <th scope="col">What marks it, and what most of it share</th>
              <th scope="col">
                <span class="visually-hidden">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {detection.clusters.map((cluster) => (
              <tr key={cluster.id}>
                <th scope="row" class="number">
                  {cluster.id}
                </th>
                <td class="number">
                  {format.count(cluster.rows)}
                  <span class="under">{format.share(cluster.share)}</span>
                </td>
                <td class="number">
                  {format.count(cluster.anomalies)}
                  {cluster.is_small && <span class="under">small as a whole</span>}
                </td>
                <td>
                  <Marks cluster={cluster} />
                  <Shared cluster={cluster} />
                </td>
                <td>
                  <button
                    type="button"
                    class="small"
                    aria-label={`Show the rows of cluster ${cluster.id}`}
                    onClick={() => showCluster(cluster.id)}
                  >
                    Show
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Agreement report={shown} unit={unit} />
      <details class="more">
        <summary>How this was learned</summary>
        <dl class="pairs">
          <Pair label="Detector" value={visible(detection.detector)} />
          <Pair label="Rows scored" value={format.count(detection.rows)} />
          <Pair label="Distinct rows" value={format.count(detection.unique_rows)} />
          <Pair label="Rows learned from" value={format.count(detection.fit_rows)} />
          <Pair label="Share of the most frequent row" value={format.share(detection.largest_group_share)} />
          <Pair label="Mean squared distance" value={format.significant(detection.inertia)} />
          <Pair label="Threshold distance" value={format.significant(detection.threshold.distance)} />
          <Pair label="Features" value={detection.features.map((feature) => feature.name).join(", ")} />
          {detection.candidates.length > 0 && (
            <Pair
              label="Silhouette by k"
              value={detection.candidates
                .map(({ k, silhouette }) => `${k}: ${format.significant(silhouette, 3)}`)
                .join(", ")}
            />
          )}
        </dl>
        <p class="hint">
          KMeans groups the rows by their scaled features. A row's score grows with its distance from the centre of the
          nearest cluster; beyond the threshold, or in a very small cluster, it is anomalous. The silhouette (-1 to 1)
          says how well a number of clusters k fits.
        </p>
      </details>
    </section>
  );
}

function Marks({ cluster }: { cluster: Cluster }) {
  const features = useShown()?.report.detection.features ?? [];
  return (
    <ul class="marks">
      {marksOf(cluster, features).map(({ feature, value, deviation }) => (
        <li key={feature.name}>
          <Name text={feature.name} /> {format.feature(value, feature.unit)}{" "}
          <span class="under-inline" aria-hidden="true">
            {deviation >= 0 ? "↑" : "↓"}
          </span>
          <span class="visually-hidden">, {deviation >= 0 ? "above" : "below"} the average</span>
        </li>
      ))}
    </ul>
  );
}

/** Hosts, service and time, which no detector looks at. */
function Shared({ cluster: { shared, rows, first_ts, last_ts } }: { cluster: Cluster }) {
  return (
    <ul class="marks under">
      {shared.map(({ what, value, rows: having }) => (
        <li key={what}>
          {what === "port" ? "" : `${what} `}
          {visible(value, 60)}: {format.share(having / rows)}
        </li>
      ))}
      {first_ts !== null && last_ts !== null && (
        <li>
          {moment(first_ts)} to {moment(last_ts)}
        </li>
      )}
    </ul>
  );
}

export function Pair({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

async function showCluster(id: number): Promise<void> {
  await select({ filter: `cluster ${id}`, anomalies_only: false, rows: null, sort: "score", descending: true });
  document.getElementById("rows")?.scrollIntoView({ block: "nearest" });
}
