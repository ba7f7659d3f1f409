"""KINC with this project's own payload: similarity jobs, then merge, threshold, extract."""

import dataclasses
import gzip
from collections.abc import Sequence

from .gem import GemFacts
from .jobs import OUT
from .problems import SubmitProblem
from .workflow import (
    CHUNKS,
    RESULTS,
    Job,
    Parallel,
    Step,
    Workflow,
    memory_problems,
    refuse,
    run_id_problems,
)

THRESHOLD_RMT = "rmt"
KINC = "/usr/local/bin/kinc"
GEM = "gem.txt"
GEM_PACKED = "gem.txt.gz"
MATRIX = "similarity.kinc"
SIMILARITY = "similarity_"
LAST_STEPS = (
    Step("merge", "merging"),
    Step("threshold", "finding the threshold"),
    Step("extract", "extracting the network"),
)
_EXTRACTED = ("network.tsv", "network.graphml", "extract.json")
RESULT_FILES = ("merge.json", "threshold.json", *_EXTRACTED)


@dataclasses.dataclass(frozen=True)
class KincPlan:
    """A run of KINC; memory in MB, `threshold` a number or None for rmt."""

    run_id: str
    jobs: int
    gem: GemFacts
    method: str
    min_obs: int
    na_val: str
    threshold: float | None
    request_memory: int
    max_memory: int
    retries: int
    min_job_seconds: float
    slots: int | None = None
    context: dict | None = None

    @property
    def threshold_text(self) -> str:
        """The threshold as kinc's option takes it."""
        return THRESHOLD_RMT if self.threshold is None else f"{self.threshold:g}"


def check_plan(plan: KincPlan) -> None:
    """Refuse a run that cannot work; all its problems at once."""
    problems = run_id_problems(plan.run_id)
    if not 1 <= plan.jobs <= plan.gem.pairs:
        problems.append(f"{plan.jobs} jobs for {plan.gem.pairs} gene pairs: give 1 to {plan.gem.pairs}")
    if plan.min_obs > plan.gem.samples:
        problems.append(
            f"--min-obs {plan.min_obs} is more than the {plan.gem.samples} samples of the matrix: "
            "no pair would have a correlation"
        )
    if plan.threshold is not None and not 0 < plan.threshold <= 1:
        problems.append(f"--threshold {plan.threshold:g}: give a number above 0 and up to 1, or rmt")
    problems += memory_problems(plan.request_memory, plan.max_memory)
    refuse(problems)


def parse_threshold(text: str) -> float | None:
    """`rmt` as None, anything else as a number."""
    if text == THRESHOLD_RMT:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise SubmitProblem(f"--threshold '{text}': give a number above 0 and up to 1, or rmt") from error


def kinc_workflow(plan: KincPlan) -> Workflow:
    """The workflow of a checked plan."""
    return Workflow(
        run_id=plan.run_id,
        name="kinc",
        before=(),
        parallel=Parallel(SIMILARITY, "correlating", [_share(index) for index in range(plan.jobs)]),
        after=LAST_STEPS,
        jobs=_jobs(plan),
        results=RESULT_FILES,
        retries=plan.retries,
        files={
            GEM: plan.gem.text,
            GEM_PACKED: gzip.compress(plan.gem.text, compresslevel=6, mtime=0),
        },
        details=_details(plan),
        slots=plan.slots,
        context=plan.context,
    )


def _share(index: int) -> dict[str, str]:
    # Nodes and chunks count from 0, KINC's own shares from 1.
    return {"index": str(index + 1), "chunk": f"chunk_{index:05d}.kinc"}


def _jobs(plan: KincPlan) -> dict[str, Job]:
    chunk_kb = 4 * (plan.gem.pairs // plan.jobs + 1) // 1024 + 1
    matrix_kb = 4 * plan.gem.pairs // 1024 + 1
    gem_kb = len(plan.gem.text) // 1024 + 1

    extracted = [f"{RESULTS}/{name}" for name in _EXTRACTED]

    def job(arguments: Sequence[str], inputs: Sequence[str], disk_kb: int, outputs: Sequence[str]) -> Job:
        memory = plan.request_memory, plan.max_memory
        return Job([KINC, *arguments], inputs, disk_kb, *memory, outputs=outputs)

    return {
        SIMILARITY: job(_similarity(plan), [GEM_PACKED], gem_kb + chunk_kb, [f"{CHUNKS}/$(chunk)"]),
        "merge": job(_merge(plan), [GEM_PACKED, CHUNKS], gem_kb + 2 * matrix_kb, [MATRIX, f"{RESULTS}/merge.json"]),
        "threshold": job(_threshold(plan), [MATRIX], matrix_kb, [f"{RESULTS}/threshold.json"]),
        "extract": job(_extract(), [MATRIX, f"{RESULTS}/threshold.json"], 2 * matrix_kb, extracted),
    }


def _gem_arguments(plan: KincPlan) -> list[str]:
    return [
        *("--ematrix", GEM_PACKED),
        *("--rows", str(plan.gem.lines)),
        *("--cols", str(plan.gem.samples)),
        "--headers",
        "--omit_na",
        *("--na_val", plan.na_val),
    ]


def _similarity(plan: KincPlan) -> list[str]:
    arguments = ["similarity", *_gem_arguments(plan)]
    arguments += ["--method", plan.method, "--min_obs", str(plan.min_obs)]
    arguments += ["--num_jobs", str(plan.jobs), "--job_index", "$(index)", "--output", f"{OUT}/{CHUNKS}/$(chunk)"]
    if plan.min_job_seconds > 0:
        arguments += ["--min_seconds", f"{plan.min_job_seconds:g}"]
    return arguments


def _merge(plan: KincPlan) -> list[str]:
    arguments = ["merge", *_gem_arguments(plan), "--chunks", CHUNKS, "--num_jobs", str(plan.jobs)]
    return [*arguments, "--output", f"{OUT}/{MATRIX}", "--summary", _result("merge.json")]


def _threshold(plan: KincPlan) -> list[str]:
    arguments = ["threshold", "--matrix", MATRIX, "--threshold", plan.threshold_text]
    return [*arguments, "--summary", _result("threshold.json")]


def _extract() -> list[str]:
    arguments = ["extract", "--matrix", MATRIX, "--threshold", "threshold.json"]
    arguments += ["--edges", _result("network.tsv"), "--graphml", _result("network.graphml")]
    return [*arguments, "--summary", _result("extract.json")]


def _result(name: str) -> str:
    return f"{OUT}/{RESULTS}/{name}"


def _details(plan: KincPlan) -> dict:
    return {
        "jobs": plan.jobs,
        "method": plan.method,
        "gem": {
            "file": plan.gem.name,
            "genes": plan.gem.genes,
            "samples": plan.gem.samples,
            "sha256": plan.gem.sha256,
        },
        "pairs": plan.gem.pairs,
        "min_obs": plan.min_obs,
        "na_val": plan.na_val,
        "threshold": THRESHOLD_RMT if plan.threshold is None else plan.threshold,
        "request_memory_mb": plan.request_memory,
        "max_memory_mb": plan.max_memory,
    }
