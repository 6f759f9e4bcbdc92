"""The OpenAPI 3.1 document of the API, built from the routes and the schemas."""
