"""The parameters of GET /attribution, from URL to Query."""
