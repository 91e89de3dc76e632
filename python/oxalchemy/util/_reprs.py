"""Shortened texts of parameters, for logs and error messages: 100 parameters, 300 characters each, 10 sets."""


def trunc_repr(value, max_chars=300):
    """``repr(value)`` with its middle left out when it is long."""
    text = repr(value)
    if len(text) > max_chars:
        half = max_chars // 2
        text = f"{text[:half]} ... ({len(text) - 2 * half} characters truncated) ... {text[-half:]}"
    return text


def _sequence(params, max_params, opening, closing, chars):
    items = list(params)
    if len(items) > max_params:
        half = max_params // 2
        head = ", ".join(trunc_repr(i, chars) for i in items[:half])
        tail = ", ".join(trunc_repr(i, chars) for i in items[-half:])
        text = f"{head} ... {len(items) - 2 * half} parameters truncated ... {tail}"
    else:
        text = ", ".join(trunc_repr(i, chars) for i in items)
        if len(items) == 1 and opening == "(":
            text += ","
    return f"{opening}{text}{closing}"


def _mapping(params, max_params, chars):
    items = list(params.items())
    if len(items) > max_params:
        half = max_params // 2
        head = ", ".join(f"{k!r}: {trunc_repr(v, chars)}" for k, v in items[:half])
        tail = ", ".join(f"{k!r}: {trunc_repr(v, chars)}" for k, v in items[-half:])
        text = f"{head} ... {len(items) - 2 * half} parameters truncated ... {tail}"
    else:
        text = ", ".join(f"{k!r}: {trunc_repr(v, chars)}" for k, v in items)
    return "{" + text + "}"


def _one(params, max_params, chars=300):
    if isinstance(params, dict):
        return _mapping(params, max_params, chars)
    if isinstance(params, list):
        return _sequence(params, max_params, "[", "]", chars)
    if isinstance(params, tuple):
        return _sequence(params, max_params, "(", ")", chars)
    return trunc_repr(params, chars)


def _several(sets, max_params, chars=300):
    if sets and isinstance(sets[0], (dict, list, tuple)):
        body = ", ".join(_one(s, max_params, chars) for s in sets)
        return f"({body})" if isinstance(sets, tuple) else f"[{body}]"
    return trunc_repr(sets, chars)


class repr_params:
    """Text of one set of parameters or of several; ``str()`` and ``repr()`` give it."""

    __slots__ = ("params", "batches", "max_params", "max_chars", "ismulti")

    def __init__(self, params, batches, max_params=100, max_chars=300, ismulti=None):
        self.max_chars = max_chars
        self.params = params
        self.ismulti = ismulti
        self.batches = batches
        self.max_params = max_params

    def __repr__(self):
        params, multi = self.params, self.ismulti
        if multi is None:
            multi = isinstance(params, list) and bool(params) and isinstance(params[0], (list, dict, tuple))
        if isinstance(params, list) and multi and len(params) > self.batches:
            first = _several(params[: self.batches - 2], self.max_params, self.max_chars)[:-1]
            last = _several(params[-2:], self.max_params, self.max_chars)[1:]
            return f"{first}  ... displaying {self.batches} of {len(params)} total bound parameter sets ...  {last}"
        if multi and isinstance(params, (list, tuple)):
            return _several(params, self.max_params, self.max_chars)
        return _one(params, self.max_params, self.max_chars)
