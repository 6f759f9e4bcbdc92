"""What every request passes: context, access log, authentication, CORS, bodies, errors, caching."""
