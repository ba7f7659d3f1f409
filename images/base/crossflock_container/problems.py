"""The one expected way for a container's start to fail."""


class StartProblem(Exception):
    """Input that a person can put right; its text is shown without a stack trace."""
