import unittest

from kinc.pairs import pair_count, row_of, share_of
from kinc.problems import KincProblem


class Pairs(unittest.TestCase):
    def test_number_the_triangle_row_by_row(self):
        rows = [row_of(p) for p in range(pair_count(5))]
        self.assertEqual(rows, [1, 2, 2, 3, 3, 3, 4, 4, 4, 4])

    def test_rows_are_exact_beyond_floating_point(self):
        for row in (94_906_267, 10**9):
            self.assertEqual(row_of(pair_count(row)), row)
            self.assertEqual(row_of(pair_count(row) - 1), row - 1)

    def test_shares_cover_every_pair_once(self):
        for total, jobs in ((4_652_775, 7), (10, 10), (3, 5), (0, 2), (100, 1)):
            shares = [share_of(total, jobs, index) for index in range(1, jobs + 1)]
            self.assertEqual(shares[0].first, 0)
            self.assertEqual(shares[-1].end, total)
            self.assertTrue(all(a.end == b.first for a, b in zip(shares, shares[1:])))
            counts = [share.count for share in shares]
            self.assertLessEqual(max(counts) - min(counts), 1)

    def test_jobs_count_from_one(self):
        for jobs, index in ((3, 0), (3, 4), (0, 1)):
            with self.assertRaises(KincProblem):
                share_of(10, jobs, index)


if __name__ == "__main__":
    unittest.main()
