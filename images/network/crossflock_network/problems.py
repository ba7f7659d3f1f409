"""The one expected way for anything here to fail."""


class NetworkProblem(Exception):
    """Something a person can put right; its text is shown without a stack trace."""
