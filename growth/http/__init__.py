"""HTTP: request context, access log, authentication, CORS, bodies, errors and caching."""
