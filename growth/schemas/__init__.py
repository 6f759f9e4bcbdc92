"""What comes in and what goes out: marshmallow schemas, and the facts made of them."""
