"""Submission and observation of KINC workflow runs, inside the submitter."""
