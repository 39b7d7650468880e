#!/usr/bin/env python3
"""Write expected.json: curves and areas of seeded scores by scikit-learn, which tests of src/enrich/labels read.

usage: make.py > expected.json      (numpy and scikit-learn; written with 1.9.1)
"""
import json, sys
import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve


def at_n(scores, truth):
    """Share of attacks among the n highest scores; of equal scores at the edge as many as there is room for, in part."""
    need, hits = truth.sum(), 0.0
    n = need
    for score in sorted(set(scores), reverse=True):
        same = scores == score
        take = min(need, same.sum())
        hits += take * truth[same].sum() / same.sum()
        need -= take
    return hits / n


rng = np.random.default_rng(42)
cases = []
for rows, levels, share in [(40, 5, 0.3), (60, 1000, 0.5), (30, 2, 0.8), (50, 1, 0.4), (80, 12, 0.1)]:
    truth = (rng.random(rows) < share).astype(int)
    truth[:2] = [0, 1]
    scores = np.round(np.clip(rng.random(rows) * 0.7 + truth * 0.3 * rng.random(rows), 0, 1) * levels) / levels
    fpr, tpr, _ = roc_curve(truth, scores, drop_intermediate=False)
    precision, recall, _ = precision_recall_curve(truth, scores)
    cases.append({
        "scores": scores.tolist(), "truth": truth.tolist(),
        "roc_auc": roc_auc_score(truth, scores), "average_precision": average_precision_score(truth, scores),
        "precision_at_n": at_n(scores, truth),
        "roc": [list(p) for p in zip(fpr.tolist(), tpr.tolist())],
        "pr": [list(p) for p in zip(recall.tolist(), precision.tolist())],
    })
json.dump(cases, sys.stdout, indent=1)
print()
