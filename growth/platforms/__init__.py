"""Maps messages of ad platforms and tag managers to facts. Each platform has a module."""
