"""Recognises pages that a log-in or payment returns to. Their referrer is ignored."""

from growth.attribution.rules import Rules
from growth.attribution.tags import Parameters


def is_return(path: str, sent: Parameters, rules: Rules) -> bool:
    """Whether a page's path or parameters show a return from a log-in or payment."""
    return is_return_path(path, rules) or is_answer(sent, rules)


def is_return_path(path: str, rules: Rules) -> bool:
    """Whether the path, or the start of it, is in GROWTH_RETURN_PATHS."""
    return path in rules.return_paths or path.startswith(rules.return_starts)


def is_answer(sent: Parameters, rules: Rules) -> bool:
    """Whether a log-in or payment added the parameters, such as `code` with `state`."""
    names = {name for name, value in sent if value}
    return any(others <= names for name in names for others in rules.answers.get(name, ()))
