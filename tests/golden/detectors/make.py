#!/usr/bin/env python3
"""Writes expected.json: what scikit-learn says of the rows in it. Needs scikit-learn; run from anywhere.

The rows are three uneven groups and a few rows apart from all, in five features, of which two go together.
"""
import json
import os

import numpy as np
from sklearn.cluster import KMeans
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest

random = np.random.default_rng(11)
groups = [random.normal(center, spread, (n, 5)) for center, spread, n in ((0, 1, 180), (6, 0.7, 90), (-5, 0.4, 40))]
rows = np.concatenate(groups + [random.uniform(-15, 15, (10, 5))])
rows[:, 4] = rows[:, 0] * 0.8 + rows[:, 4] * 0.2
rows = rows.round(4)

forests = [IsolationForest(n_estimators=400, max_samples=256, random_state=s).fit(rows) for s in range(4)]
covariance = LedoitWolf().fit(rows)
pca = PCA(n_components=0.9, svd_solver="full").fit(rows)
rest = rows - pca.inverse_transform(pca.transform(rows))
expected = {
    "rows": rows.tolist(),
    "kmeans_inertia": KMeans(3, n_init=20, random_state=1).fit(rows).inertia_ / len(rows),
    "isolation_forest": np.mean([-f.score_samples(rows) for f in forests], 0).round(6).tolist(),
    "mahalanobis": np.sqrt(covariance.mahalanobis(rows)).round(8).tolist(),
    "pca_components": int(pca.n_components_),
    "pca_residual": np.sqrt((rest**2).mean(1)).round(8).tolist(),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected.json"), "w") as out:
    json.dump(expected, out)
    out.write("\n")
