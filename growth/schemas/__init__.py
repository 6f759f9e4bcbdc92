"""The formats of input and output: marshmallow schemas, and the facts made by them."""
