"""What was seen, weighed against what is modelled: observations, reconciliation, and where to look next."""
