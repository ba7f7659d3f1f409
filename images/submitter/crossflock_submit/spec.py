"""A workflow from a specification in JSON, as the controller writes it for any recipe.

The specification's fields are described in docs/recipes.md.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

from .jobs import OUT
from .names import AVOID
from .problems import SubmitProblem
from .submission import new_run_id
from .workflow import CHUNKS, LOGS, RESULTS, Job, Parallel, Step, Workflow, memory_problems, refuse, run_id_problems

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")
_VARIABLE = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,59}$")
_OUTPUT = re.compile(r"^(?!/)(?!.*\.\.)[A-Za-z0-9._/$()-]+$")
_FOLDER = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$")
_OWN = {LOGS, CHUNKS, RESULTS, AVOID, OUT}
# Variables that every node has (see dag.py).
_TAKEN = {"node", "try", "job", "retry"}
_FIELDS = {
    "workflow", "run_id", "retries", "slots", "context", "details", "results", "request_memory_mb",
    "max_memory_mb", "before", "parallel", "after", "jobs", "files", "executables", "folders", "serve", "test",
}
_JOB_FIELDS = {"argv", "inputs", "disk_mb", "memory_mb", "cpus", "environment", "transfer_executable", "outputs"}


def read_spec(path: Path) -> dict:
    """The specification as an object."""
    try:
        value = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise SubmitProblem(f"cannot read the specification '{path}': {error}") from error
    if not isinstance(value, dict):
        raise SubmitProblem(f"the specification '{path}' is not a JSON object")
    return value


def workflow_of(spec: dict, largest_executor: Callable[[], int | None]) -> Workflow:
    """The workflow of a specification; all its problems at once."""
    reader = _Reader(spec, _FIELDS, "a specification")
    name = reader.text("workflow", _NAME)
    run_id = spec.get("run_id") or new_run_id(name or "run")
    memory = reader.number("request_memory_mb", 1)
    most = reader.number("max_memory_mb", 1, None) or largest_executor() or 4 * memory
    reader.problems += [*run_id_problems(str(run_id)), *memory_problems(memory, most)]
    before, after = reader.steps("before"), reader.steps("after")
    parallel = reader.parallel()
    kinds = [*(step.node for step in (*before, *after)), parallel.prefix]
    jobs = reader.jobs(kinds, memory, most)
    files, folders = reader.files(), reader.folders()
    workflow = Workflow(
        run_id=str(run_id),
        name=name,
        before=before,
        parallel=parallel,
        after=after,
        jobs=jobs,
        results=reader.texts("results"),
        retries=reader.number("retries", 0),
        files=files,
        executables=reader.texts("executables"),
        folders=folders,
        serve=reader.served(folders),
        test=reader.test(),
        details=reader.object("details"),
        slots=reader.number("slots", 1, None),
        context=spec.get("context"),
    )
    refuse(reader.problems)
    return workflow


class _Reader:
    """Reads fields, and collects what is wrong with them."""

    def __init__(self, spec: dict, fields: set[str], where: str) -> None:
        self._spec = spec
        self.problems = [f"'{name}' is no field of {where}" for name in spec if name not in fields]

    def text(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self._spec.get(name)
        if isinstance(value, str) and pattern.match(value):
            return value
        self._wrong(name, value, f"a text that fits {pattern.pattern}")
        return ""

    def number(self, name: str, least: int, default: int | None = 0) -> int:
        value = self._spec.get(name)
        if value is None and default is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self._wrong(name, value, f"a whole number from {least} on")
        return least

    def texts(self, name: str) -> list[str]:
        value = self._spec.get(name, [])
        if isinstance(value, list) and all(isinstance(item, str) and _is_inside(item) for item in value):
            return value
        self._wrong(name, value, "a list of relative paths")
        return []

    def outputs(self) -> list[str]:
        """Relative paths that may hold variables, and are words of DAGMan's language."""
        value = self._spec.get("outputs", [])
        if isinstance(value, list) and all(isinstance(item, str) and _OUTPUT.match(item) for item in value):
            return value
        self._wrong("outputs", value, "a list of relative paths without spaces")
        return []

    def object(self, name: str) -> dict:
        value = self._spec.get(name, {})
        if isinstance(value, dict):
            return value
        self._wrong(name, value, "an object")
        return {}

    def steps(self, name: str) -> list[Step]:
        value = self._spec.get(name, [])
        try:
            steps = [Step(item["node"], item["phase"]) for item in value]
            if all(_NAME.match(step.node) for step in steps):
                return steps
        except (TypeError, KeyError):
            pass
        self._wrong(name, value, "a list of objects with node and phase")
        return []

    def parallel(self) -> Parallel:
        value = self.object("parallel")
        prefix, phase, variables = value.get("prefix"), value.get("phase"), value.get("variables")
        if not (isinstance(prefix, str) and _NAME.match(prefix) and isinstance(phase, str)):
            self._wrong("parallel", {"prefix": prefix, "phase": phase}, "an object with prefix and phase")
            return Parallel("job_", "running", [])
        if not isinstance(variables, list) or not variables:
            self._wrong("parallel.variables", variables, "a list with an object for each job")
            return Parallel(prefix, phase, [])
        for index, item in enumerate(variables):
            if not isinstance(item, dict) or not all(_is_variable(*pair) for pair in item.items()):
                self._wrong(f"parallel.variables[{index}]", item, "an object of names and plain texts")
        return Parallel(prefix, phase, variables)

    def jobs(self, kinds: list[str], memory: int, most: int) -> dict[str, Job]:
        value = self.object("jobs")
        self.problems += [f"jobs has no '{kind}', which is a node" for kind in kinds if kind not in value]
        self.problems += [f"jobs.{kind} is no node" for kind in value if kind not in kinds]
        return {kind: self._job(kind, job, memory, most) for kind, job in value.items() if isinstance(job, dict)}

    def _job(self, kind: str, job: dict, memory: int, most: int) -> Job:
        own = _Reader(job, _JOB_FIELDS, f"jobs.{kind}")
        argv = job.get("argv")
        if not (isinstance(argv, list) and argv and all(isinstance(word, str) for word in argv)):
            self._wrong(f"jobs.{kind}.argv", argv, "a list of texts, the program first")
            argv = ["/bin/false"]
        made = Job(
            argv=argv,
            inputs=own.texts("inputs"),
            request_disk=1024 * (own.number("disk_mb", 1, None) or 1),
            request_memory=own.number("memory_mb", 1, None) or memory,
            max_memory=most,
            request_cpus=own.number("cpus", 1, None) or 1,
            environment=own.object("environment"),
            transfer_executable=job.get("transfer_executable") is True,
            outputs=own.outputs(),
        )
        self.problems += [f"jobs.{kind}: {problem}" for problem in own.problems]
        return made

    def files(self) -> dict[str, Path]:
        value = self.object("files")
        found = {}
        for name, path in value.items():
            if not _is_inside(name) or not isinstance(path, str) or not Path(path).is_file():
                self._wrong(f"files.{name}", path, "a relative name, and the path of a file that is there")
            else:
                found[name] = Path(path)
        return found

    def folders(self) -> dict[str, Path]:
        """Folders of the run, by the name of a folder in it that nothing else has."""
        found = {}
        for name, path in self.object("folders").items():
            if not _FOLDER.match(name) or name in _OWN or not isinstance(path, str) or not Path(path).is_dir():
                self._wrong(f"folders.{name}", path, "a name of its own, and the path of a folder that is there")
            else:
                found[name] = Path(path)
        return found

    def served(self, folders: dict[str, Path]) -> list[str]:
        value = self._spec.get("serve", [])
        if isinstance(value, list) and all(item in folders or item == RESULTS for item in value):
            return value
        self._wrong("serve", value, f"a list of names of folders, or '{RESULTS}'")
        return []

    def test(self) -> dict[str, str] | None:
        value = self._spec.get("test")
        if value is None or (isinstance(value, dict) and all(_is_variable(*pair) for pair in value.items())):
            return value
        self._wrong("test", value, "an object of names and plain texts")
        return None

    def _wrong(self, name: str, value: object, expected: str) -> None:
        self.problems.append(f"{name} is {json.dumps(value)[:80]}: give {expected}")


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return all(part not in ("", ".", "..") for part in parts) and not any(c in name for c in ',"\n$')


def _is_variable(name: str, value: object) -> bool:
    if not _VARIABLE.match(name) or name.lower() in _TAKEN or not isinstance(value, str):
        return False
    return "\n" not in value and "$(" not in value
