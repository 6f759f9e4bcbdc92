"""The formats of input and output: marshmallow schemas, and facts made from valid input."""
