"""The steps from one version of the tables to the next, one file a step, in the order of their numbers."""
