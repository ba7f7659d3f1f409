"""`kinc extract`: the network, as a list of edges and as GraphML."""

import dataclasses
from html import escape
from pathlib import Path

import numpy as np

from .counts import Counts
from .matrix import Edges, edges_from, open_matrix
from .output import replacing

EDGE_HEADER = "gene1\tgene2\tsimilarity\tinteraction\n"


@dataclasses.dataclass(frozen=True)
class ExtractOptions:
    """From which matrix, from which |r| on, and where to."""

    matrix: Path
    threshold: float
    edges: Path
    graphml: Path


def run_extract(options: ExtractOptions) -> dict:
    """Write both files; returns the summary."""
    reader = open_matrix(options.matrix)
    genes = reader.header["gene_names"]
    counts = Counts()
    edges = edges_from(reader, options.threshold, counts.add)
    nodes = np.unique(np.concatenate([edges.source, edges.target]))
    _write_edges(options.edges, genes, edges)
    _write_graphml(options.graphml, genes, nodes, edges)
    positive = int(np.count_nonzero(edges.r > 0))
    return {
        "step": "extract",
        "threshold": options.threshold,
        "method": reader.header["method"],
        "genes": len(genes),
        "pairs": reader.header["pairs"],
        "pairs_with_correlation": reader.header["correlated"],
        "edges": int(edges.r.size),
        "nodes": int(nodes.size),
        "positive": positive,
        "negative": int(edges.r.size) - positive,
        "counts": counts.table(),
        "gem_sha256": reader.header["gem_sha256"],
    }


def _write_edges(path: Path, genes: list[str], edges: Edges) -> None:
    """KINC v1's columns (SimMatrixBinary.cpp); `co` is its only kind of interaction."""
    with replacing(path) as file:
        file.write(EDGE_HEADER)
        for source, target, r in zip(edges.source, edges.target, edges.r, strict=True):
            file.write(f"{genes[source]}\t{genes[target]}\t{r:.8f}\tco\n")


def _write_graphml(path: Path, genes: list[str], nodes: np.ndarray, edges: Edges) -> None:
    """GraphML (graphml.graphdrawing.org) as Cytoscape, Gephi and networkx read it."""
    with replacing(path) as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        file.write('  <key id="name" for="node" attr.name="name" attr.type="string"/>\n')
        file.write('  <key id="similarity" for="edge" attr.name="similarity" attr.type="double"/>\n')
        file.write('  <graph id="network" edgedefault="undirected">\n')
        for node in nodes:
            file.write(f'    <node id="n{node}"><data key="name">{escape(genes[node], quote=False)}</data></node>\n')
        for source, target, r in zip(edges.source, edges.target, edges.r, strict=True):
            file.write(f'    <edge source="n{source}" target="n{target}"><data key="similarity">{r:.8f}</data></edge>\n')
        file.write("  </graph>\n</graphml>\n")
