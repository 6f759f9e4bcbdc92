"""Pages that a log-in or a payment sends visitors back to: the referrer there brought nobody."""

from growth.attribution.rules import Rules
from growth.attribution.tags import Parameters


def is_return(path: str, sent: Parameters, rules: Rules) -> bool:
    """Whether a page's path or parameters say that its visitor comes back."""
    return is_return_path(path, rules) or is_answer(sent, rules)


def is_return_path(path: str, rules: Rules) -> bool:
    """Whether the operator named the path, exactly or by how it begins."""
    return path in rules.return_paths or path.startswith(rules.return_starts)


def is_answer(sent: Parameters, rules: Rules) -> bool:
    """Whether parameters answer a log-in or a payment: `code` with `state`, `payment_intent`."""
    names = {name for name, value in sent if value}
    return any(others <= names for name in names for others in rules.answers.get(name, ()))
