"""The one expected way for a step to fail."""


class KincProblem(Exception):
    """Bad input or a bad intermediate file; shown as one line, exit code 1."""
