"""Maps messages of ad platforms and tag managers to facts: a module of pure functions for each."""
