"""Reads the query of GET /attribution from the parameters of a URL."""
