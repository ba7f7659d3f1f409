import http.client
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from crossflock_submit import attempt, run, serve
from crossflock_submit.problems import SubmitProblem
from crossflock_submit.spec import workflow_of


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        for name in ("photos/sub", "results", "logs"):
            (self.path / name).mkdir(parents=True)
        (self.path / "photos/a b.jpg").write_bytes(bytes(range(100)))
        (self.path / "photos/sub/c.jpg").write_bytes(b"c")
        (self.path / "photos/.hidden").write_text("h")
        (self.path / "photos/link.jpg").symlink_to("/etc/passwd")
        (self.path / "logs/secret").write_text("s")


class Service(Case):
    def setUp(self):
        super().setUp()
        folders = {name: self.path / name for name in ("photos", "results")}
        service = serve.serving("127.0.0.1", 0, folders)
        self.url = service.__enter__()
        self.addCleanup(service.__exit__, None, None, None)

    def ask(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection(self.url.split("/")[2], timeout=5)
        self.addCleanup(connection.close)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())

    def test_sends_files(self):
        status, body, headers = self.ask("/photos/a%20b.jpg?x=1")
        self.assertEqual((status, body), (200, bytes(range(100))))
        self.assertEqual((headers["Content-Type"], headers["Content-Length"]), ("image/jpeg", "100"))
        self.assertEqual(self.ask("/photos/sub/c.jpg")[:2], (200, b"c"))

    def test_head_has_no_body(self):
        status, body, headers = self.ask("/photos/a%20b.jpg", "HEAD")
        self.assertEqual((status, body, headers["Content-Length"]), (200, b"", "100"))

    def test_ranges(self):
        for header, expected, told in (
            ("bytes=10-19", bytes(range(10, 20)), "bytes 10-19/100"),
            ("bytes=95-", bytes(range(95, 100)), "bytes 95-99/100"),
            ("bytes=90-200", bytes(range(90, 100)), "bytes 90-99/100"),
            ("bytes=-3", bytes(range(97, 100)), "bytes 97-99/100"),
        ):
            status, body, headers = self.ask("/photos/a%20b.jpg", Range=header)
            self.assertEqual((status, body, headers["Content-Range"]), (206, expected, told))
        status, _, headers = self.ask("/photos/a%20b.jpg", Range="bytes=100-")
        self.assertEqual((status, headers["Content-Range"]), (416, "bytes */100"))
        self.assertEqual(self.ask("/photos/a%20b.jpg", Range="lines=1-2")[0], 200)

    def test_shows_nothing_else(self):
        for path in (
            *("/logs/secret", "/photos/../logs/secret", "/photos/%2e%2e/logs/secret", "/photos/..%2flogs%2fsecret"),
            *("/photos/.hidden", "/photos/link.jpg", "//etc/passwd", "/photos/%00", "/none", "/photos/none.jpg"),
            f"/photos/{'x' * 5000}",
        ):
            self.assertEqual(self.ask(path)[0], 404, path)

    def test_lists_folders(self):
        self.assertIn(b'href="./photos/"', self.ask("/")[1])
        listed = self.ask("/photos/")[1].decode()
        self.assertIn('href="./a%20b.jpg"', listed)
        self.assertNotIn("hidden", listed)
        self.assertEqual(self.ask("/photos")[2]["Location"], "/photos/")
        (self.path / "results/results-0.json").write_text("{}")
        self.assertIn(b"results-0.json", self.ask("/results/")[1])

    def test_takes_nothing(self):
        for method in ("PUT", "POST", "DELETE"):
            self.assertEqual(self.ask("/results/x.json", method)[0], 501)
        self.assertEqual(list((self.path / "results").iterdir()), [])


class Specified(Case):
    def spec(self, **changes):
        (self.path / "job.sh").write_text("#!/bin/sh\n" + changes.pop("script", "exit 0"))
        return {
            **{"workflow": "photodemo", "run_id": "p1", "retries": 0, "results": [], "request_memory_mb": 64},
            "parallel": {"prefix": "luminance_", "phase": "analyzing", "variables": [{"first": "0"}]},
            "jobs": {
                "luminance_": {
                    "argv": ["job.sh", "$(first)", "$(try)"],
                    "inputs": ["data.txt", "service.json"],
                    "outputs": ["results/$(first).json"],
                    "transfer_executable": True,
                }
            },
            "files": {"job.sh": str(self.path / "job.sh"), "data.txt": str(self.path / "photos/sub/c.jpg")},
            "executables": ["job.sh"],
            "folders": {"photos": str(self.path / "photos")},
            "serve": ["photos", "results"],
            "test": {"first": "7"},
            **changes,
        }

    def try_it(self, **changes):
        workflow = workflow_of(self.spec(**changes), lambda: None)
        with mock.patch.object(attempt, "own_address", lambda: "127.0.0.1"):
            return attempt.attempt(workflow)

    def test_a_run_has_its_folders_and_says_where_its_service_is(self):
        workflow = workflow_of(self.spec(), lambda: None)
        with mock.patch.object(serve, "own_address", lambda: "127.0.0.1"):
            directory = run.make_run(workflow, self.path / "runs")
        self.assertEqual((directory / "photos/a b.jpg").read_bytes(), bytes(range(100)))
        service = json.loads((directory / "service.json").read_text())
        self.assertEqual(service["folders"], ["photos", "results"])
        self.assertEqual(service["url"], f"http://127.0.0.1:{service['port']}/")
        self.assertIn(service["port"], serve.PORTS)

    def test_refuses_folders_that_cannot_be(self):
        for changes in (
            {"folders": {"logs": str(self.path)}},
            {"folders": {"../x": str(self.path)}},
            {"folders": {"photos": "/no/such/folder"}},
            {"serve": ["logs"]},
            {"test": {"node": "x"}},
        ):
            with self.assertRaises(SubmitProblem, msg=str(changes)):
                workflow_of(self.spec(**{"serve": [], **changes}), lambda: None)

    def test_a_try_runs_the_job_as_an_executor_would(self):
        get = "import json, urllib.request as r; print(r.urlopen(json.load(open('service.json'))['url'] + 'photos/sub/c.jpg').read())"
        script = f'set -e; cat data.txt > out/results/$1.json; test "$2" = 0; test -z "$HOME"; /usr/bin/python3 -c "{get}"\n'
        self.assertEqual(self.try_it(script=script), 0)

    def test_a_try_fails_as_the_job_does(self):
        self.assertEqual(self.try_it(script="exit 3"), 3)
        self.assertEqual(self.try_it(script="kill -9 $$"), 137)
        self.assertEqual(self.try_it(script="true"), 1)
        with self.assertRaises(SubmitProblem):
            self.try_it(test=None)


if __name__ == "__main__":
    unittest.main()
