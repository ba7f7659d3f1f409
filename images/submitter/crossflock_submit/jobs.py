"""The submit descriptions of a run's kinds of jobs, as text.

Commands are described in the HTCondor manual, condor_submit.
"""

import shlex
from collections.abc import Sequence

from .dag import submit_file
from .workflow import LOGS, Job, Workflow

# A job gets this folder, with empty ones in it, as input, and its content is the job's
# output. So the output exists whatever becomes of the job: HTCondor would hold a failed
# job for a named output file that it did not write, and DAGMan would not retry it.
OUT = "out"
MOST_HOLDS = 1
HELD_SECONDS = 30
# HoldReasonCodes of the HTCondor manual: a person's hold, the job's own policy, and a
# program that could not be started, which waiting does not mend.
BY_PERSON, BY_POLICY, NOT_STARTED = 1, 3, 6
# Our own HoldReasonSubCode: more memory than asked for.
OVER_MEMORY = 34
# Jobs that ask for the same resources can follow each other on one claim; small needs
# are therefore rounded up to this.
LEAST_DISK_KB = 256 * 1024


# On a retry, what after.py says of the executors that the node failed on.
_AVOID = (
    "avoid = True",
    "if $(try)",
    "  include : avoid/$(node).inc",
    "endif",
    "requirements = $(avoid)",
)


def submit_files(workflow: Workflow) -> dict[str, str]:
    """Every submit description by file name."""
    return {submit_file(kind): _description(workflow, job) for kind, job in workflow.jobs.items()}


def _description(workflow: Workflow, job: Job) -> str:
    executable, *arguments = job.argv
    lines = [
        "universe = vanilla",
        f"executable = {executable}",
        f"transfer_executable = {job.transfer_executable}",
        f'arguments = "{_quoted(arguments)}"',
        *_environment(job),
        "should_transfer_files = YES",
        "when_to_transfer_output = ON_EXIT",
        f"transfer_input_files = {', '.join([*job.inputs, OUT])}",
        # Naming the output also spares each job the second that HTCondor otherwise waits
        # to tell new files from old ones by their time.
        f"transfer_output_files = {OUT}/",
        f"output = {LOGS}/$(node).$(try).out",
        f"error = {LOGS}/$(node).$(try).err",
        f"request_cpus = {job.request_cpus}",
        *_AVOID,
        *_memory(job),
        f"request_disk = {max(job.request_disk, LEAST_DISK_KB)}",
        *_held(),
        f'MY.CrossflockRun = "{workflow.run_id}"',
        "notification = Never",
        "queue",
    ]
    return "\n".join(lines) + "\n"


def _environment(job: Job) -> list[str]:
    if not job.environment:
        return []
    return [f'environment = "{_quoted([f"{name}={value}" for name, value in job.environment.items()])}"']


def _quoted(arguments: Sequence[str]) -> str:
    """The arguments in condor_submit's new syntax: '' and "" stand for the quotes."""
    words = []
    for argument in arguments:
        plain = shlex.quote(argument) == argument or "$(" in argument
        words.append(argument if plain else "'" + argument.replace("'", "''") + "'")
    return " ".join(words).replace('"', '""')


def _memory(job: Job) -> list[str]:
    """Each retry asks for twice as much, up to what the largest executor has."""
    wanted = f"min({{{job.request_memory} * pow(2, $(try)), {job.max_memory}}})"
    return [f"memory_mb = {wanted}", "request_memory = $INT(memory_mb)"]


def _held() -> list[str]:
    """A job that HTCondor holds (a failed transfer, say) is tried again, then fails.

    Held jobs would keep the DAG waiting for ever. A person's hold is respected. A job over
    its memory is held first, because only a hold has a reason of one's own, and removed,
    so that DAGMan retries it with more; one whose program cannot be started is removed too,
    so that DAGMan tries it elsewhere.
    """
    hopeless = f"HoldReasonCode == {NOT_STARTED} || (HoldReasonCode == {BY_POLICY} && HoldReasonSubCode == {OVER_MEMORY})"
    machine_held = f"JobStatus == 5 && HoldReasonCode =!= {BY_PERSON}"
    waited = f"time() - EnteredCurrentStatus > {HELD_SECONDS}"
    return [
        "periodic_hold = JobStatus == 2 && ResidentSetSize > 1024 * RequestMemory * 5 / 4",
        'periodic_hold_reason = strcat("used more memory than it asked for: ", MemoryUsage, " MB of ", RequestMemory, " MB")',
        f"periodic_hold_subcode = {OVER_MEMORY}",
        f"periodic_release = {machine_held} && NumHolds <= {MOST_HOLDS} && {waited} && !({hopeless})",
        f"periodic_remove = {machine_held} && (NumHolds > {MOST_HOLDS} || {hopeless})",
    ]
