"""The DAG of a run as text.

The DAG language is described in the HTCondor manual, "DAGMan Workflows".
"""

from collections.abc import Mapping, Sequence

from .workflow import Workflow

DAG = "workflow.dag"
NODES_LOG = f"{DAG}.nodes.log"
DAGMAN_LOG = f"{DAG}.dagman.log"
METRICS = f"{DAG}.metrics"
NODE_STATUS = "workflow.status"
MANY_NODES = 1000


def dag_text(workflow: Workflow) -> str:
    """The whole DAG file."""
    parallel = workflow.parallel
    nodes = [parallel.node(index) for index in range(len(parallel.variables))]
    before = [step.node for step in workflow.before]
    after = [step.node for step in workflow.after]
    lines = [f"# {workflow.name} workflow {workflow.run_id}: {len(nodes)} jobs side by side"]
    for node in before:
        lines += _node(node, submit_file(node), {}, workflow.retries)
    for node, variables in zip(nodes, parallel.variables, strict=True):
        lines += _node(node, submit_file(parallel.prefix), variables, workflow.retries)
    for node in after:
        lines += _node(node, submit_file(node), {}, workflow.retries)
    stages = [*([node] for node in before), nodes, *([node] for node in after)]
    lines += [_edge(parents, children) for parents, children in zip(stages, stages[1:])]
    # The file lists every node, so with many of them it is written less often.
    seconds = 1 if len(nodes) <= MANY_NODES else 30
    lines.append(f"NODE_STATUS_FILE {NODE_STATUS} {seconds}")
    return "\n".join(lines) + "\n"


def submit_file(kind: str) -> str:
    """Name of the submit description of a kind of job."""
    return f"{kind.rstrip('_')}.sub"


def _edge(parents: Sequence[str], children: Sequence[str]) -> str:
    return f"PARENT {' '.join(parents)} CHILD {' '.join(children)}"


def _node(node: str, submit: str, variables: Mapping[str, str], retries: int) -> list[str]:
    # $(RETRY) is the number of the try, from 0.
    values = [f'node="{node}" try="$(RETRY)"', *(f'{name}="{_escaped(value)}"' for name, value in variables.items())]
    return [f"JOB {node} {submit}", f"VARS {node} {' '.join(values)}", f"RETRY {node} {retries}"]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
