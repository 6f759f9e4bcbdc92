"""The parts of HTTP: context, access log, authentication, CORS, bodies, errors, caching."""
