"""The one expected way for a submission to fail."""


class SubmitProblem(Exception):
    """What is wrong and what to do; shown as one line, nothing was submitted."""
