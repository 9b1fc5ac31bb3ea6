"""Models that others trained, turned into ours."""
