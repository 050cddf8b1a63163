"""The questions that are asked of a run."""
