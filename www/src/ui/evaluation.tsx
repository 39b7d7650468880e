// What labels say of the verdicts: figures, confusion matrix, both curves and each class.
import { useEffect, useMemo } from "preact/hooks";
import { EvaluationCharts } from "../../pkg/wiresift.js";
import { useShown } from "../app/shown";

import { visible } from "../lib/escape";
import * as format from "../lib/format";
import type { Curve, Evaluation as Evaluated } from "../lib/report";
import { Canvas } from "./canvas";
import { ChartData } from "./chart-data";
import { Figure } from "./running";

const three = (share: number | null) => (share === null ? format.NONE : share.toFixed(3));

export function Evaluation() {
  const evaluation = useShown()?.report.evaluation;
  const drawn = useMemo(() => (evaluation === undefined ? null : new EvaluationCharts(evaluation)), [evaluation]);
  useEffect(() => () => drawn?.free(), [drawn]);
  if (evaluation === undefined || drawn === null) return null;
  const { roc, precision_recall, confusion, unit } = evaluation;
  const matrix = [
    ["benign", confusion.true_negatives, confusion.false_positives],
    ["attack", confusion.false_negatives, confusion.true_positives],
  ] as const;
  return (
    <section class="card evaluation" aria-labelledby="evaluation-title">
      <div class="card-head">
        <h2 id="evaluation-title">Evaluation</h2>
        <p class="card-note">{summary(evaluation)}</p>
      </div>
      <dl class="figures">
        <Figure label="ROC-AUC" value={three(roc.area)} />
        <Figure label="Average precision" value={three(precision_recall.area)} />
        <Figure label="Precision at n" value={three(evaluation.precision_at_n)} />
        <Figure label="Precision" value={three(evaluation.precision)} />
        <Figure label="Recall" value={three(evaluation.recall)} />
        <Figure label="False positive rate" value={three(evaluation.false_positive_rate)} />
      </dl>
      <div class="evaluation-charts">
        <div>
          <Canvas
            class="chart-half"
            label={
              `Confusion matrix: of the attacks ${format.count(confusion.true_positives)} are called anomalous and ` +
              `${format.count(confusion.false_negatives)} are not; of the benign ${unit}s ` +
              `${format.count(confusion.false_positives)} are called anomalous and ${format.count(confusion.true_negatives)} are not.`
            }
            draw={(canvas, dark, ratio) => drawn.draw("confusion", canvas, dark, ratio)}
            depends={[drawn]}
          />
          <ChartData
            caption="Confusion matrix"
            head={["Really", "Said to be normal", "Said to be anomalous"]}
            rows={() => matrix.map(([name, normal, odd]) => [name, format.count(normal), format.count(odd)])}
          />
        </div>
        <CurveChart
          name="roc"
          title={`ROC curve, area ${three(roc.area)}`}
          head={["False positive rate", "True positive rate", "From score"]}
          curve={roc}
          drawn={drawn}
        />
        <CurveChart
          name="precision_recall"
          title={`Precision and recall, average precision ${three(precision_recall.area)}`}
          head={["Recall", "Precision", "From score"]}
          curve={precision_recall}
          drawn={drawn}
        />
      </div>
      {evaluation.classes.length > 0 && <Classes evaluation={evaluation} />}
    </section>
  );
}

interface CurveProps {
  name: "roc" | "precision_recall";
  title: string;
  head: string[];
  curve: Curve;
  drawn: EvaluationCharts;
}

function CurveChart({ name, title, head, curve, drawn }: CurveProps) {
  return (
    <div>
      <Canvas
        class="chart-half"
        label={curve.area === null ? "No curve: attacks and benign rows are both needed." : `${title}.`}
        draw={(canvas, dark, ratio) => drawn.draw(name, canvas, dark, ratio)}
        depends={[drawn]}
      />
      <ChartData
        caption={title}
        head={head}
        rows={() => curve.points.map(({ x, y, score }) => [x.toFixed(4), y.toFixed(4), three(score)])}
      />
    </div>
  );
}

function Classes({ evaluation }: { evaluation: Evaluated }) {
  return (
    <div class="scroll-x">
      <table class="plain">
        <caption class="visually-hidden">Each class of attack against all benign rows</caption>
        <thead>
          <tr>
            <th scope="col">Class</th>
            {[`${format.capital(evaluation.unit)}s`, "Recall", "ROC-AUC", "Average precision"].map((text) => (
              <th key={text} scope="col" class="number">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {evaluation.classes.map(({ name, rows, recall, roc_auc, average_precision }) => (
            <tr key={name}>
              <th scope="row">{visible(name, 80)}</th>
              <td class="number">{format.count(rows)}</td>
              <td class="number">{three(recall)}</td>
              <td class="number">{three(roc_auc)}</td>
              <td class="number">{three(average_precision)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function summary(evaluation: Evaluated): string {
  const { rows, attacks, unit, unlabelled, left_out, unscored, is_rest_benign } = evaluation;
  const notes = [
    is_rest_benign ? "what no label names counts as benign" : "",
    unlabelled > 0 ? `${format.count(unlabelled)} are not labelled and take no part` : "",
    left_out > 0 ? `${format.count(left_out)} are labelled to be left out` : "",
    unscored > 0 ? `${format.count(unscored)} have no score` : "",
  ].filter((note) => note !== "");
  const lead = `${format.counted(rows, `labelled ${unit}`)}, ${format.counted(attacks, "attack")} among them`;
  return `${[lead, ...notes].join("; ")}.`;
}
