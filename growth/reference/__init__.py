"""The reference of the API in OpenAPI 3.1, made of the routes and the schemas."""
