import unittest
import warnings

import numpy as np
from scipy import stats

from kinc.correlate import Correlator
from kinc.ranks import average_ranks

METHODS = {"sc": stats.spearmanr, "pc": stats.pearsonr}


def oracle(values, i, j, method, min_obs):
    common = np.isfinite(values[i]) & np.isfinite(values[j])
    if common.sum() < min_obs:
        return np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return METHODS[method](values[i][common], values[j][common])[0]


def gem(genes, samples, missing, ties, seed=1):
    random = np.random.default_rng(seed)
    values = random.normal(size=(genes, samples))
    if ties:
        values = np.round(values)
    values[random.random(values.shape) < missing] = np.nan
    return values


class Ranks(unittest.TestCase):
    def test_ties_share_their_average_and_missing_values_have_none(self):
        rows = gem(50, 20, missing=0.2, ties=True)
        for row, ranks in zip(rows, average_ranks(rows), strict=True):
            present = np.isfinite(row)
            np.testing.assert_array_equal(ranks[present], stats.rankdata(row[present]))
            self.assertTrue(np.isnan(ranks[~present]).all())

    def test_signed_zeros_are_equal(self):
        np.testing.assert_array_equal(average_ranks(np.array([[0.0, -0.0, 1.0]])), [[1.5, 1.5, 3.0]])


class Correlations(unittest.TestCase):
    def check(self, values, method, min_obs):
        genes = values.shape[0]
        correlator = Correlator(values, method, min_obs)
        for first, last in ((0, genes), (genes // 2, genes // 2 + 1)):
            block = correlator.block(first, last)
            for i in range(first, last):
                expected = [oracle(values, i, j, method, min_obs) for j in range(i)]
                np.testing.assert_allclose(block[i - first, :i], expected, atol=1e-12)

    def test_equal_scipy_for_every_pair(self):
        for method in METHODS:
            for missing in (0.0, 0.03, 0.4):
                for ties in (False, True):
                    with self.subTest(method=method, missing=missing, ties=ties):
                        self.check(gem(25, 20, missing, ties), method, min_obs=10)

    def test_too_few_common_samples_make_no_correlation(self):
        values = gem(6, 12, missing=0.5, ties=False)
        block = Correlator(values, "sc", 8).block(0, 6)
        few = [
            (i, j)
            for i in range(6)
            for j in range(i)
            if (np.isfinite(values[i]) & np.isfinite(values[j])).sum() < 8
        ]
        self.assertTrue(few)
        self.assertTrue(all(np.isnan(block[i, j]) for i, j in few))

    def test_fewer_samples_than_asked_for_make_none_at_all(self):
        self.assertTrue(np.isnan(Correlator(gem(4, 10, 0, False), "sc", 11).block(0, 4)).all())

    def test_a_gene_that_does_not_vary_has_no_correlation(self):
        values = gem(3, 12, 0, False)
        values[1] = 0.1
        values[2, 0] = np.nan
        for method in METHODS:
            block = Correlator(values, method, 5).block(0, 3)
            self.assertTrue(np.isnan(block[1, 0]) and np.isnan(block[2, 1]))
            self.assertFalse(np.isnan(block[2, 0]))

    def test_large_values_far_from_zero_keep_their_precision(self):
        values = gem(5, 30, 0.1, False) + 1e6
        self.check(values, "sc", 10)
        block = Correlator(values, "pc", 10).block(0, 5)
        self.assertAlmostEqual(block[4, 1], oracle(values, 4, 1, "pc", 10), places=7)

    def test_never_leaves_minus_one_to_one(self):
        row = np.linspace(0.1, 0.9, 38)
        block = Correlator(np.array([row, row * 3, -row]), "pc", 3).block(0, 3)
        self.assertLessEqual(np.nanmax(np.abs(block)), 1.0)


if __name__ == "__main__":
    unittest.main()
