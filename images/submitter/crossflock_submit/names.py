"""Names of a run's files; apart, so that what runs after every job loads little."""

DAG = "workflow.dag"
NODES_LOG = f"{DAG}.nodes.log"
DAGMAN_LOG = f"{DAG}.dagman.log"
METRICS = f"{DAG}.metrics"
NODE_STATUS = "workflow.status"
RUN_FILE = "run.json"
AVOID = "avoid"
