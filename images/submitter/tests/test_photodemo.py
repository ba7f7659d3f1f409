import http.server
import json
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

PROGRAMS = Path("/usr/local/lib/crossflock/photodemo")
BUNDLE = Path("/usr/local/share/crossflock/pillow.tar.gz")
PILLOW = tempfile.TemporaryDirectory()

sys.path.insert(0, str(PROGRAMS))

import aggregate  # noqa: E402
import luminance  # noqa: E402

MAKE = """
from PIL import Image
import sys
def save(name, colour, size=(32, 32)): Image.new("RGB", size, colour).save(sys.argv[1] + "/" + name, quality=95)
save("grey.jpg", (51, 51, 51)); save("red.jpg", (255, 0, 0)); save("white.jpg", (255, 255, 255))
Image.new("L", (32, 32), 128).save(sys.argv[1] + "/l.jpg", quality=95)
two = Image.new("RGB", (64, 64), (0, 0, 0)); two.paste((255, 255, 255), (0, 0, 64, 16))
two.save(sys.argv[1] + "/two tone.jpg", quality=95)
two.save(sys.argv[1] + "/picture.png")
"""


class Photos(unittest.TestCase):
    """The job as it is sent, with the bundle, against a server of its own."""

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(PILLOW.cleanup)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = Path(folder.name)
        photos = cls.path / "photos"
        photos.mkdir()
        subprocess.run(["tar", "-xzf", BUNDLE, "-C", PILLOW.name], check=True)
        cls.environment = {
            "PYTHONPATH": f"{PILLOW.name}/bundle/python",
            "LD_LIBRARY_PATH": f"{PILLOW.name}/bundle/lib",
            "PATH": "/usr/bin:/bin",
        }
        subprocess.run(["python3", "-c", MAKE, str(photos)], env=cls.environment, check=True)
        (photos / "cut.jpg").write_bytes((photos / "two tone.jpg").read_bytes()[:300])
        (photos / "text.jpg").write_text("no picture")
        cls.server = serve(cls.path)
        cls.addClassCleanup(cls.server.shutdown)
        for name in (*PROGRAMS.glob("*.py"), PROGRAMS / "run.sh", BUNDLE):
            (cls.path / name.name).write_bytes(name.read_bytes())
        (cls.path / "service.json").write_text(json.dumps({"url": f"http://127.0.0.1:{cls.server.server_port}/"}))

    def job(self, lines, *options, first=0, count=200):
        (self.path / "manifest.txt").write_text("\n".join(lines) + "\n")
        words = ["sh", "run.sh", "--manifest", "manifest.txt", "--service", "service.json", "--output", "r.json"]
        words += ["--first", str(first), "--count", str(count), *options]
        (self.path / "r.json").unlink(missing_ok=True)
        # HTCondor's environment is empty.
        ended = subprocess.run(words, cwd=self.path, env={}, capture_output=True, text=True, check=False)
        result = self.path / "r.json"
        return ended, json.loads(result.read_text()) if result.exists() else None

    def test_luminance_of_known_photos(self):
        lines = ["# archive", "photos/grey.jpg 1880", "", "photos/red.jpg 1919", "photos/white.jpg 1945"]
        lines += ["photos/two%20tone.jpg 1901", "photos/l.jpg 1999"]
        ended, result = self.job(lines)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        years, values = zip(*result["points"], strict=True)
        self.assertEqual(years, (1880, 1919, 1945, 1901, 1999))
        for value, expected in zip(values, (0.2, 0.299, 1, 0.25, 128 / 255), strict=True):
            self.assertAlmostEqual(value, expected, delta=0.005)
        self.assertEqual((result["photos"], result["count"], result["failures"]), (5, 5, []))
        self.assertAlmostEqual(result["rate"], 5 / result["seconds"], delta=0.01 * result["rate"])
        self.assertTrue(0 < result["cpu_seconds"] < 30)
        printed = ended.stdout.splitlines()
        self.assertTrue(printed[0].startswith("/* Running on host: "))
        self.assertRegex(printed[1], r"^\[1880, 0\.\d{6}\],$")
        self.assertRegex(printed[-1], r"^/\* 5 photos analyzed in \d+\.\d\ds \(\d+\.\d\d/s\) \*/$")

    def test_the_formula_of_the_tutorial(self):
        _, result = self.job(["photos/red.jpg 1919", "photos/grey.jpg 1920"], "--formula", "tutorial")
        self.assertAlmostEqual(result["points"][0][1], 0.241**0.5 * 254 / 256, delta=0.005)
        self.assertAlmostEqual(result["points"][1][1], 51 / 256, delta=0.005)

    def test_takes_its_rows_alone(self):
        lines = [f"photos/grey.jpg {year}" for year in range(1900, 1910)]
        _, result = self.job(lines, first=8, count=5)
        self.assertEqual([year for year, _ in result["points"]], [1908, 1909])
        self.assertEqual((result["first"], result["count"]), (8, 2))

    def test_names_each_photo_that_has_no_luminance(self):
        bad = ["photos/none.jpg", "photos/cut.jpg", "photos/text.jpg", "photos/picture.png", "file:///etc/passwd"]
        ended, result = self.job(["photos/grey.jpg 1900", *(f"{name} 1901" for name in bad)])
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(result["photos"], 1)
        self.assertEqual([failure["url"] for failure in result["failures"]], bad)
        reasons = [failure["reason"] for failure in result["failures"]]
        self.assertIn("404", reasons[0])
        for reason in reasons[1:4]:
            self.assertIn("is no JPEG that can be read", reason)
        self.assertIn("http", reasons[4])

    def test_fails_where_nothing_can_be_reached_while_there_is_a_try_left(self):
        lines = ["http://127.0.0.1:9/a.jpg 1900"]
        ended, result = self.job(lines, "--try", "0", "--retries", "1")
        self.assertEqual((ended.returncode, result), (1, None))
        self.assertIn("1 of 1 photos failed", ended.stderr)
        ended, result = self.job(lines, "--try", "1", "--retries", "1")
        self.assertEqual(ended.returncode, 0)
        self.assertIn("refused", result["failures"][0]["reason"])


class Fetching(unittest.TestCase):
    def setUp(self):
        self.tried = []
        self.outcome = luminance.Unreachable("gone")
        self.real = luminance.fetch
        luminance.fetch = self.fetch
        self.addCleanup(setattr, luminance, "fetch", self.real)

    def fetch(self, url, patience):
        self.tried.append((url, patience))
        raise self.outcome

    def test_a_server_that_is_gone_is_given_up(self):
        rows = [(f"http://gone/{index}.jpg", 1900) for index in range(9)]
        found = luminance.analyze(rows, "", "bt601")
        self.assertEqual(len(self.tried), 3)
        self.assertEqual((found["again"], len(found["failures"])), (True, 9))
        self.assertIn("gone did not answer 3 times", found["failures"][8]["reason"])

    def test_a_server_that_says_no_is_not(self):
        self.outcome = luminance.PhotoProblem("HTTP status 404")
        found = luminance.analyze([("http://there/a.jpg", 1900)] * 9, "", "bt601")
        self.assertEqual((len(self.tried), found["again"]), (9, False))

    def test_the_file_service_of_the_run_is_waited_for_and_never_done_without(self):
        rows = [("photos/a.jpg", 1900), ("http://there/b.jpg", 1900)]
        found = luminance.analyze(rows, "http://own:1/", "bt601")
        self.assertEqual(self.tried, [("http://own:1/photos/a.jpg", 120), ("http://there/b.jpg", 0)])
        self.assertTrue(found["again"])

    def test_a_connection_is_tried_again_until_its_time_is_over(self):
        answers = iter([luminance.Unreachable("a"), luminance.Unreachable("b"), b"photo"])

        def once(url):
            answer = next(answers)
            if isinstance(answer, Exception):
                raise answer
            return answer

        for name, new in (("fetch", self.real), ("_fetch_once", once), ("AGAIN_SECONDS", 0)):
            self.addCleanup(setattr, luminance, name, getattr(luminance, name))
            setattr(luminance, name, new)
        self.assertEqual(luminance.fetch("http://own/a.jpg", 60), b"photo")
        answers = iter([luminance.Unreachable("a"), luminance.Unreachable("b"), b"photo"])
        with self.assertRaises(luminance.Unreachable):
            luminance.fetch("http://there/a.jpg")


class Aggregate(unittest.TestCase):
    def job(self, first, points, **changes):
        return {
            **{"host": "h", "first": first, "count": len(points), "photos": len(points), "formula": "bt601"},
            **{"seconds": 2.0, "cpu_seconds": 1.0, "rate": 1.0, "points": points, "failures": []},
            **{"urls": [f"{first}-{index}" for index in range(len(points))]},
            **changes,
        }

    def test_sorts_by_year_and_sums_up(self):
        gone = {"url": "x", "year": 1900, "reason": "HTTP status 404"}
        jobs = [self.job(2, [[1880, 0.5]], count=2, failures=[gone]), self.job(0, [[1919, 0.4], [1880, 0.1]])]
        whole = aggregate.aggregate(jobs, 4)
        self.assertEqual(whole["points"], [[1880, 0.1], [1880, 0.5], [1919, 0.4]])
        self.assertEqual(whole["urls"], ["0-1", "2-0", "0-0"])
        self.assertEqual((whole["photos"], whole["seconds"], whole["rate"]), (3, 4.0, 0.75))
        self.assertEqual(whole["failures"], [gone])
        self.assertEqual([job["first"] for job in whole["jobs"]], [0, 2])

    def test_refuses_what_is_not_whole(self):
        one, two = self.job(0, [[1900, 0.1]]), self.job(1, [[1901, 0.1]])
        for jobs, rows in (([two], 2), ([one], 2), ([one, one], 2), ([{**one, "count": 2}, self.job(2, [])], 2)):
            with self.assertRaises(aggregate.AggregateProblem):
                aggregate.aggregate(jobs, rows)


def serve(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    unittest.main()
