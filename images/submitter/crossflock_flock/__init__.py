"""The pools that the submitter sends its jobs to, which may change while it runs."""
