#!/usr/bin/python3
"""A stand-in for OSG-KINC's submit, pegasus-run and pegasus-exitcode; specified in README.md."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

DAG = "kinc-0.dag"
PER_FOLDER = 100
LOCAL, POOL = "local", "generic-condorpool"


def main() -> int:
    programs = {"submit": submit, "pegasus-run": pegasus_run, "pegasus-exitcode": pegasus_exitcode}
    return programs[Path(sys.argv[0]).name](sys.argv[1:])


def refuse(reason: str) -> int:
    print(reason)
    return 1


def log(line: str = "") -> None:
    """A line as pegasus-plan prints it."""
    now = time.time()
    print(f"{time.strftime('%Y.%m.%d %H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1000):03d} UTC:   {line}", flush=True)


# --- submit -----------------------------------------------------------------------


def submit(arguments: list) -> int:
    print("OSG-KINC: a stand-in, for tests")
    if not arguments:
        return refuse("Please specify the number of jobs. For example:\n  ./kinc 100")
    if len(arguments) > 1:
        return refuse(f"Error: iRODS get of {arguments[1]} failed.")
    if not arguments[0].isdecimal() or int(arguments[0]) < 1:
        return refuse(f"ERROR: {arguments[0]} is not a number of jobs")
    if not os.environ.get("USER"):
        return refuse("ERROR: USER is not set")
    here = Path.cwd()
    if Path(sys.argv[0]).resolve().parent != here.resolve():
        return refuse(f"ERROR: {here} is not the folder of OSG-KINC")
    for ending in (".txt", ".tar.gz"):
        found = [path for path in (here / "task-files").glob("*") if path.name.endswith(ending)]
        if len(found) != 1:
            return refuse(f"ERROR: Unable to find one, and only one, {ending} file in the task-files/ directory")
    if not (here / "pegasus.conf").is_file():
        return refuse("[FATAL ERROR] pegasus.conf is not there")
    run = here / "workflows" / f"kinc-{int(time.time())}"
    plan(here, run, int(arguments[0]))
    knobs = ["-maxidle", "100", "-append", '+pegasus_wf_name="kinc-0"', "-append", "+pegasus_job_class=11"]
    made = subprocess.run(["condor_submit_dag", "-no_submit", *knobs, DAG], cwd=run, capture_output=True, text=True)
    for line in made.stdout.splitlines():
        log(line)
    if made.returncode != 0:
        return refuse(made.stderr)
    return start(run)


def start(run: Path) -> int:
    log(f"Submitting to condor {DAG}.condor.sub")
    made = subprocess.run(["condor_submit", f"{DAG}.condor.sub"], cwd=run, capture_output=True, text=True)
    for line in made.stdout.splitlines():
        log(line)
    if made.returncode != 0:
        return refuse(f"Error: Running condor_submit failed with {made.returncode}: {made.stderr}")
    for line in (
        "", "Your workflow has been started and is running in the base directory:", "", f"  {run}", "",
        "*** To monitor the workflow you can run ***", "", f"  pegasus-status -l {run}", "",
        "*** To remove your workflow run ***", "", f"  pegasus-remove {run}", "",
        "Time taken to execute is 1.495 seconds",
    ):  # fmt: skip
        log(line)
    return 0


def plan(here: Path, run: Path, count: int) -> None:
    """Write the directory of a run."""
    for folder in ("scratch", "outputs"):
        (run / folder).mkdir(parents=True)
    jobs = [f"kinc-wrapper_ID{number:07d}" for number in range(1, count + 1)]
    staged_out = "stage_out_local_local_0_0"
    first = "create_dir_kinc_0_local"
    lines = [*HEADER, "MAXJOBS registration 1", "MAXJOBS stagein 10", "MAXJOBS cleanup 5", "MAXJOBS stageout 10", ""]
    outputs = " ".join(f"kinc.out.{n} clusters-sc{n}.tar.gz" for n in range(1, count + 1))
    commands = {
        first: "mkdir -p scratch",
        staged_out: f"cd scratch && mv {outputs} ../outputs/",
    }
    for number, node in enumerate([first, *jobs, staged_out]):
        folder = f"00/{number // PER_FOLDER:02X}"
        (run / folder).mkdir(parents=True, exist_ok=True)
        helper = commands.get(node)
        if helper is None:
            index = int(node.removeprefix("kinc-wrapper_ID"))
            text, script = pool_job(here, run, f"{folder}/{node}"), job_script(index, count)
        else:
            text, script = local_job(run, f"{folder}/{node}"), kickstarted(f"cd {run} && {helper}")
        (run / folder / f"{node}.sub").write_text(text)
        (run / folder / f"{node}.sh").write_text(script)
        (run / folder / f"{node}.sh").chmod(0o755)
        lines += node_lines(here, node, folder, helper is None)
    edges = [*((first, job) for job in jobs), *((job, staged_out) for job in jobs)]
    lines += [f"PARENT  {parent} CHILD {child}" for parent, child in edges]
    lines += [HEADER[0], "# End of DAG", HEADER[0]]
    (run / DAG).write_text("\n".join(lines) + "\n")
    brain = {"submit_dir": run, "dag": DAG, "type": "dag", "condor_log": "kinc-0.log", "planner_version": "stand-in"}
    (run / "braindump.txt").write_text("".join(f"{key} {value}\n" for key, value in brain.items()))


def configured(here: Path) -> int:
    """How often a job is tried again, by pegasus.conf."""
    found = re.findall(r"^dagman\.retry *= *(\d+)", (here / "pegasus.conf").read_text(), re.MULTILINE)
    return int(found[-1])


HEADER = ["#" * 70, "# PEGASUS WMS GENERATED DAG FILE", "# DAG kinc, by a stand-in", "# Index = 0, Count = 1", "#" * 70]


def node_lines(here: Path, node: str, folder: str, is_job: bool) -> list:
    retries = configured(here)
    said = "-s PegasusLite:+exitcode+0 " if is_job else ""
    post = f"{here}/bin/pegasus-exitcode  -r $RETURN {said}-l kinc-0.exitcode.log   .//{folder}/{node}.out"
    return [
        f"JOB {node} {folder}/{node}.sub",
        f"SCRIPT POST {node} {post}",
        f"PRIORITY {node} 10",
        f"RETRY {node} {retries}",
        f'VARS {node} +DAGNodeRetry="$(RETRY)"',
        "",
    ]


def description(run: Path, files: str, site: str, own: list) -> str:
    lines = [
        f"executable = {run}/{files}.sh",
        f"log = {run}/kinc-0.log",
        f"output = {run}//{files}.out",
        f"error = {run}//{files}.err",
        "notification = NEVER",
        f"submit_event_user_notes = pool:{site}",
        f'+pegasus_wf_dag_job_id = "{Path(files).name}"',
        f'+pegasus_site = "{site}"',
        *own,
        "queue",
    ]
    return "\n".join(lines) + "\n"


def local_job(run: Path, files: str) -> str:
    return description(run, files, LOCAL, ["universe = local", f"initialdir = {run}", "+pegasus_job_class = 2"])


def pool_job(here: Path, run: Path, files: str) -> str:
    own = [
        "universe = vanilla",
        f"initialdir = {run}/scratch",
        f"transfer_input_files = {here}/failing-jobs",
        "should_transfer_files = YES",
        "when_to_transfer_output = ON_EXIT",
        "request_memory = 256",
        "request_disk = 262144",
        "+pegasus_job_class = 1",
    ]
    return description(run, files, POOL, own)


def job_script(index: int, count: int) -> str:
    """What stands for PegasusLite, kickstart and kinc-wrapper."""
    return f"""#!/bin/bash
echo "PegasusLite: a stand-in" >&2
sleep 0.25
status=0; said=""
if grep -qw {index} failing-jobs; then status=3; said="kinc: cannot read the matrix &lt;made to fail&gt;"; fi
rm -f failing-jobs
if [ $status = 0 ]; then
  echo "job {index} of {count}, by a stand-in" > kinc.out.{index}
  tar czf clusters-sc{index}.tar.gz kinc.out.{index}
fi
{RECORD}
echo "PegasusLite: exitcode $status" >&2
exit $status
"""


def kickstarted(command: str) -> str:
    return f"""#!/bin/bash
said=$( ({command}) 2>&1 ); status=$?
{RECORD}
exit $status
"""


RECORD = """cat <<END
<?xml version="1.0" encoding="UTF-8"?>
<invocation version="2.3" derivation="stand-in">
  <mainjob><status raw="$((status * 256))"><regular exitcode="$status"/></status></mainjob>
  <statcall error="0" id="stdout">
    <temporary name="/tmp/ks.out.stand-in" descriptor="3"/>
    <data>Loading modules ...
</data>
  </statcall>
  <statcall error="0" id="stderr">
    <temporary name="/tmp/ks.err.stand-in" descriptor="5"/>
    <data>$said
</data>
  </statcall>
</invocation>
END"""


# --- pegasus-exitcode ---------------------------------------------------------------


def pegasus_exitcode(arguments: list) -> int:
    options = dict(zip(arguments[:-1:2], arguments[1:-1:2]))
    out = Path(arguments[-1])
    err = out.with_suffix(".err")
    said = err.read_text() if err.exists() else ""
    number = next(n for n in range(1000) if not Path(f"{out}.{n:03d}").exists())
    for path in (out, err):
        if path.exists():
            path.rename(f"{path}.{number:03d}")
    wanted = options.get("-s", "").replace("+", " ")
    return 0 if options["-r"] == "0" and wanted in said else 1


# --- pegasus-run ----------------------------------------------------------------------


def pegasus_run(arguments: list) -> int:
    run = Path(arguments[0] if arguments else ".").resolve()
    if not (run / "braindump.txt").is_file():
        return refuse(f"Error: {run} is not a valid submit-dir")
    if not (run / DAG).is_file():
        return refuse(f"Error: {DAG} not found")
    return start(run)


if __name__ == "__main__":
    sys.exit(main())
