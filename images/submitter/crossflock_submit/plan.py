"""What a run is, before anything is written."""

import dataclasses
import re

from .gem import GemFacts
from .problems import SubmitProblem

_RUN_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
THRESHOLD_RMT = "rmt"


@dataclasses.dataclass(frozen=True)
class RunPlan:
    """A KINC workflow run; memory in MB, `threshold` a number or None for rmt.

    `slots` is what the executors offered at the submission, `context` what the controller
    notes for whoever looks at the run later; None where nobody said.
    """

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


def check_plan(plan: RunPlan) -> None:
    """Refuse a run that cannot work; all its problems at once."""
    problems = []
    if not _RUN_ID.match(plan.run_id):
        problems.append(f"run id '{plan.run_id}': use letters, digits, '.', '_' and '-'")
    if not 1 <= plan.jobs <= plan.gem.pairs:
        problems.append(f"{plan.jobs} jobs for {plan.gem.pairs} gene pairs: give 1 to {plan.gem.pairs}")
    if plan.min_obs > plan.gem.samples:
        problems.append(
            f"--min-obs {plan.min_obs} is more than the {plan.gem.samples} samples of the matrix: "
            "no pair would have a correlation"
        )
    if plan.threshold is not None and not 0 < plan.threshold <= 1:
        problems.append(f"--threshold {plan.threshold:g}: give a number above 0 and up to 1, or rmt")
    if plan.request_memory > plan.max_memory:
        problems.append(
            f"--request-memory {plan.request_memory} MB is more than the largest executor has "
            f"({plan.max_memory} MB): no job could ever run"
        )
    if problems:
        raise SubmitProblem("; ".join(problems))


def parse_threshold(text: str) -> float | None:
    """`rmt` as None, anything else as a number."""
    if text == THRESHOLD_RMT:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise SubmitProblem(f"--threshold '{text}': give a number above 0 and up to 1, or rmt") from error
