"""The service's own metrics, for Prometheus."""
