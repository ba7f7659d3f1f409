"""The command line: options to one step. Exit codes: 0 done, 1 failed, 2 bad usage."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .calibrate import CalibrateOptions, run_calibrate
from .extract import ExtractOptions, run_extract
from .gem import TRANSFORMS, GemFormat
from .merge import MergeOptions, run_merge
from .output import write_summary
from .problems import KincProblem
from .rmt_options import RmtOptions
from .similarity import SimilarityOptions, run_similarity
from .threshold import ThresholdOptions, run_threshold
from .usage import cpu_seconds


def main(argv: Sequence[str]) -> int:
    """Run one step; a KincProblem is one line on stderr."""
    started = time.monotonic()
    options = _parser().parse_args(argv)
    try:
        summary = options.step(options)
        seconds = round(time.monotonic() - started, 3)
        write_summary(options.summary, {"seconds": seconds, "cpu_seconds": cpu_seconds(), **summary})
    except KincProblem as problem:
        print(f"kinc {options.command}: {problem}", file=sys.stderr)
        return 1
    except MemoryError:
        print(f"kinc {options.command}: out of memory", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"kinc {options.command}: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kinc", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_calibrate(commands)
    _add_similarity(commands)
    _add_merge(commands)
    _add_threshold(commands)
    _add_extract(commands)
    return parser


def _command(commands, name: str, step, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
    command.add_argument("--summary", type=Path, help="also write the summary to this file")
    command.set_defaults(step=step)
    return command


def _add_gem_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--ematrix", "-e", type=Path, required=True, help="expression matrix, also gzip")
    command.add_argument("--rows", "-r", type=_positive, help="lines of the matrix, header included")
    command.add_argument("--cols", "-c", type=_positive, help="samples")
    command.add_argument("--headers", action="store_true", help="the first line names the samples")
    command.add_argument("--omit_na", action="store_true", help="values equal to --na_val are missing")
    command.add_argument("--na_val", "-n", help="how a missing value is written")
    command.add_argument("--func", "-f", choices=sorted(TRANSFORMS), default="none", help="transformation")


def _gem_format(options: argparse.Namespace) -> GemFormat:
    if options.omit_na and options.na_val is None:
        raise KincProblem("--omit_na needs --na_val: how is a missing value written?")
    return GemFormat(
        rows=options.rows,
        cols=options.cols,
        headers=options.headers,
        na_val=options.na_val if options.omit_na else None,
        func=options.func,
    )


def _add_pair_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--method", "-m", choices=("sc", "pc"), required=True, help="Spearman or Pearson")
    command.add_argument("--min_obs", "-o", type=_positive, default=30, help="samples a pair needs (30)")


def _add_calibrate(commands) -> None:
    command = _command(commands, "calibrate", _calibrate, "how many pairs a second are correlated here")
    _add_gem_options(command)
    _add_pair_options(command)
    command.add_argument("--seconds", type=float, default=2.0, help="how long to correlate (2)")


def _calibrate(options: argparse.Namespace) -> dict:
    form = _gem_format(options)
    return run_calibrate(CalibrateOptions(options.ematrix, form, options.method, options.min_obs, options.seconds))


def _add_similarity(commands) -> None:
    command = _command(commands, "similarity", _similarity, "correlate one share of the gene pairs")
    _add_gem_options(command)
    _add_pair_options(command)
    command.add_argument("--num_jobs", "-j", type=_positive, default=1, help="into how many shares")
    command.add_argument("--job_index", "-i", type=int, default=1, help="which of them, from 1")
    command.add_argument("--output", type=Path, required=True, help="the file to write")
    command.add_argument("--min_seconds", type=float, default=0.0, help="take at least this long")


def _similarity(options: argparse.Namespace) -> dict:
    return run_similarity(
        SimilarityOptions(
            ematrix=options.ematrix,
            form=_gem_format(options),
            method=options.method,
            min_obs=options.min_obs,
            num_jobs=options.num_jobs,
            job_index=options.job_index,
            output=options.output,
            min_seconds=options.min_seconds,
        )
    )


def _add_merge(commands) -> None:
    command = _command(commands, "merge", _merge, "check all chunks and make one matrix of them")
    _add_gem_options(command)
    command.add_argument("--chunks", type=Path, required=True, help="the folder of the chunks")
    command.add_argument("--num_jobs", "-j", type=_positive, required=True, help="how many there must be")
    command.add_argument("--output", type=Path, required=True, help="the file to write")


def _merge(options: argparse.Namespace) -> dict:
    return run_merge(
        MergeOptions(options.ematrix, _gem_format(options), options.chunks, options.num_jobs, options.output)
    )


def _add_threshold(commands) -> None:
    command = _command(commands, "threshold", _threshold, "the |r| from which on a pair is an edge")
    command.add_argument("--matrix", type=Path, required=True, help="what merge wrote")
    command.add_argument("--threshold", required=True, help="a number above 0 and up to 1, or rmt")
    command.add_argument("--start", type=float, default=RmtOptions.start, help="rmt: first |r| to test")
    command.add_argument("--step", dest="rmt_step", type=float, default=RmtOptions.step, help="rmt: step down")
    command.add_argument("--chi", type=float, default=RmtOptions.stop_chi_square, help="rmt: end of the search")
    command.add_argument("--lowest", type=float, default=RmtOptions.lowest, help="rmt: last |r| to test")


def _threshold(options: argparse.Namespace) -> dict:
    if not 0 < options.lowest < options.start <= 1 or options.rmt_step <= 0:
        raise KincProblem("rmt needs 0 < --lowest < --start <= 1 and --step above 0")
    value = None if options.threshold == "rmt" else _level(options.threshold)
    rmt = RmtOptions(options.start, options.rmt_step, options.chi, options.lowest)
    return run_threshold(ThresholdOptions(options.matrix, value, rmt))


def _add_extract(commands) -> None:
    command = _command(commands, "extract", _extract, "write the network")
    command.add_argument("--matrix", type=Path, required=True, help="what merge wrote")
    command.add_argument("--threshold", required=True, help="a number, or the file that threshold wrote")
    command.add_argument("--edges", type=Path, required=True, help="the edge list to write")
    command.add_argument("--graphml", type=Path, required=True, help="the GraphML file to write")


def _extract(options: argparse.Namespace) -> dict:
    path = Path(options.threshold)
    level = _level_in(path) if path.is_file() else _level(options.threshold)
    return run_extract(ExtractOptions(options.matrix, level, options.edges, options.graphml))


def _level_in(path: Path) -> float:
    try:
        return _level(str(json.loads(path.read_text())["threshold"]))
    except (ValueError, KeyError, TypeError) as error:
        raise KincProblem(f"'{path}' holds no threshold: make it with kinc threshold") from error


def _level(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise KincProblem(f"--threshold '{text}': give a number above 0 and up to 1, or rmt")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not above 0")
    return value
