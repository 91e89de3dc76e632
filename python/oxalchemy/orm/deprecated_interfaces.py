"""Extension classes of old releases, adapted to events."""

from .. import event
from .base import EXT_CONTINUE, EXT_STOP

__all__ = ["AttributeExtension", "MapperExtension"]


class MapperExtension:
    """Hooks of a mapper; each may return ``EXT_CONTINUE`` or ``EXT_STOP``."""

    def instrument_class(self, mapper, class_):
        return EXT_CONTINUE

    def init_instance(self, mapper, class_, oldinit, instance, args, kwargs):
        return EXT_CONTINUE

    def init_failed(self, mapper, class_, oldinit, instance, args, kwargs):
        return EXT_CONTINUE

    def translate_row(self, mapper, context, row):
        return EXT_CONTINUE

    def create_instance(self, mapper, selectcontext, row, class_):
        return EXT_CONTINUE

    def append_result(self, mapper, selectcontext, row, instance, result, **flags):
        return EXT_CONTINUE

    def populate_instance(self, mapper, selectcontext, row, instance, **flags):
        return EXT_CONTINUE

    def reconstruct_instance(self, mapper, instance):
        return EXT_CONTINUE

    def before_insert(self, mapper, connection, instance):
        return EXT_CONTINUE

    def after_insert(self, mapper, connection, instance):
        return EXT_CONTINUE

    def before_update(self, mapper, connection, instance):
        return EXT_CONTINUE

    def after_update(self, mapper, connection, instance):
        return EXT_CONTINUE

    def before_delete(self, mapper, connection, instance):
        return EXT_CONTINUE

    def after_delete(self, mapper, connection, instance):
        return EXT_CONTINUE


class AttributeExtension:
    """Hooks of an attribute; the returned value takes the place of the given one."""

    active_history = True

    def append(self, state, value, initiator):
        return value

    def remove(self, state, value, initiator):
        pass

    def set(self, state, value, oldvalue, initiator):
        return value


def _overridden(ext, base, name):
    method = getattr(type(ext), name, None)
    return method is not None and method is not getattr(base, name)


def _adapt_mapper_extensions(mapper, extensions):
    """Listen with the methods that extensions override."""
    exts = list(extensions) if isinstance(extensions, (list, tuple)) else [extensions]
    exts = [e() if isinstance(e, type) else e for e in exts]
    for name in ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"):
        chain = [getattr(e, name) for e in exts if _overridden(e, MapperExtension, name)]
        if chain:
            event.listen(mapper, name, _stop_chain(chain), propagate=True)
    for ext in exts:
        if _overridden(ext, MapperExtension, "instrument_class"):
            ext.instrument_class(mapper, mapper.class_)
        if _overridden(ext, MapperExtension, "reconstruct_instance"):

            def load(target, context, ext=ext):
                ext.reconstruct_instance(mapper, target)

            event.listen(mapper, "load", load, propagate=True)
        if _overridden(ext, MapperExtension, "init_instance"):

            def init(target, args, kwargs, ext=ext):
                ext.init_instance(mapper, mapper.class_, mapper.class_manager.original_init, target, args, kwargs)

            event.listen(mapper, "init", init, propagate=True)
        if _overridden(ext, MapperExtension, "init_failed"):

            def failed(target, args, kwargs, ext=ext):
                ext.init_failed(mapper, mapper.class_, mapper.class_manager.original_init, target, args, kwargs)

            event.listen(mapper, "init_failure", failed, propagate=True)


def _stop_chain(methods):
    def run(mapper, connection, target):
        for m in methods:
            if m(mapper, connection, target) is EXT_STOP:
                break

    return run


def _adapt_attribute_extensions(attribute, extensions):
    """Listen with the methods of attribute extensions."""
    exts = list(extensions) if isinstance(extensions, (list, tuple)) else [extensions]
    for ext in exts:
        ext = ext() if isinstance(ext, type) else ext
        active = getattr(ext, "active_history", True)
        event.listen(attribute, "append", ext.append, active_history=active, raw=True, retval=True)
        event.listen(attribute, "remove", ext.remove, active_history=active, raw=True, retval=True)
        event.listen(attribute, "set", ext.set, active_history=active, raw=True, retval=True)
