"""Questions over runs: what if, what is critical, how sure."""
