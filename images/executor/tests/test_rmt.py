import unittest

import numpy as np

from kinc.matrix import Edges
from kinc.rmt import chi_square, cut_eigenvalues, distinct_eigenvalues, find_threshold, unfold
from kinc.rmt_options import RmtOptions


def all_edges(matrix):
    source, target = np.tril_indices(matrix.shape[0], k=-1)
    return Edges(source, target, matrix[source, target].astype(np.float32))


def noise(size, samples, seed=3):
    return np.corrcoef(np.random.default_rng(seed).normal(size=(size, samples)))


class Eigenvalues(unittest.TestCase):
    def test_of_the_components_are_those_of_the_matrix(self):
        matrix = noise(200, 30)
        level = 0.45
        cut = np.where(np.abs(matrix.astype(np.float32)) > np.float32(level), matrix.astype(np.float32), 0)
        np.fill_diagonal(cut, 0)
        used = np.flatnonzero(cut.any(axis=0))
        dense = cut[np.ix_(used, used)] + np.eye(used.size)
        found = cut_eigenvalues(all_edges(matrix), level)
        self.assertGreater(used.size, 100)
        np.testing.assert_allclose(found, np.linalg.eigvalsh(dense), atol=1e-6)

    def test_equal_ones_are_kept_once(self):
        values = np.array([-1.0, -1.0 + 1e-9, 1e-9, 2e-8, 1.0, 1.0, 2.0])
        np.testing.assert_array_equal(distinct_eigenvalues(values), [-1.0, 0.0, 1.0, 2.0])

    def test_unfolded_spacings_have_mean_one(self):
        values = np.sort(np.random.default_rng(5).normal(size=400))
        self.assertAlmostEqual(unfold(values, 10).mean(), 1.0, places=2)


class Distributions(unittest.TestCase):
    def test_independent_levels_are_poisson(self):
        values = np.sort(np.random.default_rng(11).uniform(0, 1, 600))
        self.assertLess(chi_square(values), 99.607)

    def test_a_random_symmetric_matrix_is_not(self):
        random = np.random.default_rng(11).normal(size=(600, 600))
        self.assertGreater(chi_square(np.linalg.eigvalsh(random + random.T)), 200)

    def test_too_few_eigenvalues_say_nothing(self):
        self.assertIsNone(chi_square(np.linspace(0, 1, 50)))


class Threshold(unittest.TestCase):
    def test_lies_between_modules_and_noise(self):
        random = np.random.default_rng(2)
        modules = np.repeat(random.normal(size=(40, 40)), 5, axis=0)
        matrix = np.corrcoef(modules + random.normal(size=modules.shape) * 0.3)
        result = find_threshold(all_edges(matrix), RmtOptions(step=0.01, lowest=0.2))
        self.assertIsNotNone(result.threshold)
        self.assertTrue(0.2 < result.threshold < 0.95)
        self.assertGreater(len(result.curve), 3)

    def test_is_none_where_nothing_reaches_it(self):
        result = find_threshold(all_edges(noise(50, 30)), RmtOptions(step=0.05))
        self.assertIsNone(result.threshold)


if __name__ == "__main__":
    unittest.main()
