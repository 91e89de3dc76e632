"""Annotations: extra facts that ride on an expression."""


class SupportsAnnotations:
    __slots__ = ()


class SupportsCloneAnnotations(SupportsAnnotations):
    __slots__ = ()


class Annotated(SupportsAnnotations):
    __slots__ = ()


def _deep_annotate(element, annotations, exclude=None, **kw):
    return element._annotate(annotations)


def _deep_deannotate(element, values=None):
    return element


def _shallow_annotate(element, annotations):
    return element._annotate(annotations)
