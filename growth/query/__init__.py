"""The grammar of GET /attribution: parameters to a Query."""
