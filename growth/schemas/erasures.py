"""The schema of a request to erase a user or a visitor."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, post_load

from growth.schemas.fields import Id
from growth.schemas.items import ItemSchema


class ErasureSchema(ItemSchema):
    user_id = Id(255)
    fingerprint = Id(255)

    @post_load
    def require_one(self, valid: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Raises ValidationError unless exactly one of `user_id` and `fingerprint` is given."""
        if len(valid) != 1:
            raise ValidationError("Give either user_id or fingerprint.")
        return valid
