"""The DAG of a run as text.

The DAG language is described in the HTCondor manual, "DAGMan Workflows".
"""

import re
from collections.abc import Mapping, Sequence

from .names import NODE_STATUS
from .workflow import Job, Workflow

MANY_NODES = 1000
AFTER = "/usr/local/bin/crossflock-after"
_VARIABLE = re.compile(r"\$\((\w+)\)")


def dag_text(workflow: Workflow) -> str:
    """The whole DAG file."""
    parallel = workflow.parallel
    nodes = [parallel.node(index) for index in range(len(parallel.variables))]
    before = [step.node for step in workflow.before]
    after = [step.node for step in workflow.after]
    lines = [f"# {workflow.name} workflow {workflow.run_id}: {len(nodes)} jobs side by side"]
    for node in before:
        lines += _node(node, node, {}, workflow)
    for node, variables in zip(nodes, parallel.variables, strict=True):
        lines += _node(node, parallel.prefix, variables, workflow)
    for node in after:
        lines += _node(node, node, {}, workflow)
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


def _node(node: str, kind: str, variables: Mapping[str, str], workflow: Workflow) -> list[str]:
    # $(RETRY) is the number of the try, from 0.
    values = [f'node="{node}" try="$(RETRY)"', *(f'{name}="{_escaped(value)}"' for name, value in variables.items())]
    outputs = outputs_of(workflow.jobs[kind], variables)
    return [
        f"JOB {node} {submit_file(kind)}",
        f"VARS {node} {' '.join(values)}",
        f"RETRY {node} {workflow.retries}",
        f"SCRIPT POST {node} {AFTER} $JOB $RETURN $JOBID $RETRY {' '.join(outputs)}".rstrip(),
    ]


def outputs_of(job: Job, variables: Mapping[str, str]) -> list[str]:
    """The files that the job of a node with these variables must leave."""
    return [_VARIABLE.sub(lambda found: variables.get(found[1], ""), name) for name in job.outputs]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
