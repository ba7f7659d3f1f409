"""The DAG of a run as text: N similarity jobs, then merge, threshold and extract.

The DAG language is described in the HTCondor manual, "DAGMan Workflows".
"""

from .plan import RunPlan

DAG = "workflow.dag"
NODES_LOG = f"{DAG}.nodes.log"
DAGMAN_LOG = f"{DAG}.dagman.log"
METRICS = f"{DAG}.metrics"
NODE_STATUS = "workflow.status"
SIMILARITY = "similarity_"
LAST_STEPS = ("merge", "threshold", "extract")
PHASES = {
    "similarity": "correlating",
    "merge": "merging",
    "threshold": "finding the threshold",
    "extract": "extracting the network",
}
MANY_NODES = 1000


def similarity_node(index: int) -> str:
    """The node of similarity job `index` (from 1); nodes and chunks count from 0."""
    return f"{SIMILARITY}{index - 1:05d}"


def chunk_file(index: int) -> str:
    """The file that similarity job `index` (from 1) writes."""
    return f"chunk_{index - 1:05d}.kinc"


def shape(plan: RunPlan) -> dict:
    """The nodes for run.json: what a watcher has to know before the events make sense."""
    return {
        "before": [],
        "parallel": {"prefix": SIMILARITY, "count": plan.jobs, "phase": PHASES["similarity"]},
        "after": [{"node": step, "phase": PHASES[step]} for step in LAST_STEPS],
    }


def dag_text(plan: RunPlan) -> str:
    """The whole DAG file."""
    lines = [f"# KINC workflow {plan.run_id}: {plan.jobs} similarity jobs, then {', '.join(LAST_STEPS)}"]
    nodes = []
    for index in range(1, plan.jobs + 1):
        node = similarity_node(index)
        nodes.append(node)
        variables = f'index="{index}" chunk="{chunk_file(index)}"'
        lines += _node(node, "similarity.sub", variables, plan.retries)
    for step in LAST_STEPS:
        lines += _node(step, f"{step}.sub", "", plan.retries)
    lines.append(f"PARENT {' '.join(nodes)} CHILD {LAST_STEPS[0]}")
    lines += [f"PARENT {a} CHILD {b}" for a, b in zip(LAST_STEPS, LAST_STEPS[1:])]
    # The file lists every node, so with many of them it is written less often.
    seconds = 1 if plan.jobs <= MANY_NODES else 30
    lines.append(f"NODE_STATUS_FILE {NODE_STATUS} {seconds}")
    return "\n".join(lines) + "\n"


def _node(node: str, submit_file: str, variables: str, retries: int) -> list[str]:
    # $(RETRY) is the number of the try, from 0.
    values = f'node="{node}" try="$(RETRY)" {variables}'.rstrip()
    return [f"JOB {node} {submit_file}", f"VARS {node} {values}", f"RETRY {node} {retries}"]
