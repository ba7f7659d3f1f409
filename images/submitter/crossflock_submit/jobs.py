"""The submit descriptions of a run's four kinds of jobs, as text.

Commands are described in the HTCondor manual, condor_submit.
"""

import shlex
from collections.abc import Sequence

from .plan import RunPlan

KINC = "/usr/local/bin/kinc"
GEM = "gem.txt"
GEM_PACKED = "gem.txt.gz"
MATRIX = "similarity.kinc"
LOGS, CHUNKS, RESULTS = "logs", "chunks", "results"
# A job gets this folder, with empty ones in it, as input, and its content is the job's
# output. So the output exists whatever becomes of the job: HTCondor would hold a failed
# job for a named output file that it did not write, and DAGMan would not retry it.
OUT = "out"
# What a finished run must have left in its folder of results.
RESULT_FILES = ("network.tsv", "network.graphml", "merge.json", "threshold.json", "extract.json")
MOST_HOLDS = 1
HELD_SECONDS = 30
# Jobs that ask for the same resources can follow each other on one claim; small needs
# are therefore rounded up to this.
LEAST_DISK_KB = 256 * 1024


def submit_files(plan: RunPlan) -> dict[str, str]:
    """Every submit description by file name."""
    chunk_kb = 4 * (plan.gem.pairs // plan.jobs + 1) // 1024 + 1
    matrix_kb = 4 * plan.gem.pairs // 1024 + 1
    gem_kb = len(plan.gem.text) // 1024 + 1
    return {
        "similarity.sub": _similarity(plan, gem_kb + chunk_kb),
        "merge.sub": _merge(plan, gem_kb + 2 * matrix_kb),
        "threshold.sub": _threshold(plan, matrix_kb),
        "extract.sub": _extract(plan, 2 * matrix_kb),
    }


def _gem_arguments(plan: RunPlan) -> list[str]:
    return [
        *("--ematrix", GEM_PACKED),
        *("--rows", str(plan.gem.lines)),
        *("--cols", str(plan.gem.samples)),
        "--headers",
        "--omit_na",
        *("--na_val", plan.na_val),
    ]


def _similarity(plan: RunPlan, disk_kb: int) -> str:
    arguments = ["similarity", *_gem_arguments(plan)]
    arguments += ["--method", plan.method, "--min_obs", str(plan.min_obs)]
    arguments += ["--num_jobs", str(plan.jobs), "--job_index", "$(index)", "--output", f"{OUT}/{CHUNKS}/$(chunk)"]
    if plan.min_job_seconds > 0:
        arguments += ["--min_seconds", f"{plan.min_job_seconds:g}"]
    return _description(plan, arguments, [GEM_PACKED], disk_kb)


def _merge(plan: RunPlan, disk_kb: int) -> str:
    arguments = ["merge", *_gem_arguments(plan), "--chunks", CHUNKS, "--num_jobs", str(plan.jobs)]
    arguments += ["--output", f"{OUT}/{MATRIX}", "--summary", _result("merge.json")]
    return _description(plan, arguments, [GEM_PACKED, CHUNKS], disk_kb)


def _threshold(plan: RunPlan, disk_kb: int) -> str:
    arguments = ["threshold", "--matrix", MATRIX, "--threshold", plan.threshold_text]
    arguments += ["--summary", _result("threshold.json")]
    return _description(plan, arguments, [MATRIX], disk_kb)


def _extract(plan: RunPlan, disk_kb: int) -> str:
    arguments = ["extract", "--matrix", MATRIX, "--threshold", "threshold.json"]
    arguments += ["--edges", _result("network.tsv"), "--graphml", _result("network.graphml")]
    arguments += ["--summary", _result("extract.json")]
    return _description(plan, arguments, [MATRIX, f"{RESULTS}/threshold.json"], disk_kb)


def _result(name: str) -> str:
    return f"{OUT}/{RESULTS}/{name}"


def _description(plan: RunPlan, arguments: Sequence[str], inputs: Sequence[str], disk_kb: int) -> str:
    lines = [
        "universe = vanilla",
        f"executable = {KINC}",
        "transfer_executable = False",
        f'arguments = "{_quoted(arguments)}"',
        "should_transfer_files = YES",
        "when_to_transfer_output = ON_EXIT",
        f"transfer_input_files = {', '.join([*inputs, OUT])}",
        # Naming the output also spares each job the second that HTCondor otherwise waits
        # to tell new files from old ones by their time.
        f"transfer_output_files = {OUT}/",
        f"output = {LOGS}/$(node).$(try).out",
        f"error = {LOGS}/$(node).$(try).err",
        "request_cpus = 1",
        *_memory(plan),
        f"request_disk = {max(disk_kb, LEAST_DISK_KB)}",
        *_held(),
        f'MY.CrossflockRun = "{plan.run_id}"',
        "notification = Never",
        "queue",
    ]
    return "\n".join(lines) + "\n"


def _quoted(arguments: Sequence[str]) -> str:
    """The arguments in condor_submit's new syntax: '' and "" stand for the quotes."""
    words = []
    for argument in arguments:
        plain = shlex.quote(argument) == argument or "$(" in argument
        words.append(argument if plain else "'" + argument.replace("'", "''") + "'")
    return " ".join(words).replace('"', '""')


def _memory(plan: RunPlan) -> list[str]:
    """Each retry asks for twice as much, up to what the largest executor has."""
    wanted = f"min({{{plan.request_memory} * pow(2, $(try)), {plan.max_memory}}})"
    return [f"memory_mb = {wanted}", "request_memory = $INT(memory_mb)"]


def _held() -> list[str]:
    """A job that HTCondor holds (a failed transfer, say) is tried again, then fails.

    Held jobs would keep the DAG waiting for ever. A person's hold (code 1) is respected.
    A job over its memory is removed, so that DAGMan retries it with more.
    """
    machine_held = "JobStatus == 5 && HoldReasonCode =!= 1"
    waited = f"time() - EnteredCurrentStatus > {HELD_SECONDS}"
    over_memory = "JobStatus == 2 && ResidentSetSize > 1024 * RequestMemory * 5 / 4"
    return [
        f"periodic_release = {machine_held} && NumHolds <= {MOST_HOLDS} && {waited}",
        f"periodic_remove = ({machine_held} && NumHolds > {MOST_HOLDS}) || ({over_memory})",
    ]
