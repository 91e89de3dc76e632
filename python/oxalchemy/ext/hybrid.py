"""Attributes with a behaviour of their own on the class and on instances."""

from types import GenericAlias

from ..exc import InvalidRequestError
from ..orm import attributes
from ..orm.base import InspectionAttrExtensionType, InspectionAttrInfo
from ..orm.interfaces import PropComparator
from ..sql.elements import ClauseElement

__all__ = [
    "HYBRID_METHOD",
    "HYBRID_PROPERTY",
    "Comparator",
    "HybridExtensionType",
    "ExprComparator",
    "hybrid_method",
    "hybrid_property",
]


class HybridExtensionType(InspectionAttrExtensionType):
    """Kinds of hybrid."""

    HYBRID_METHOD = "HYBRID_METHOD"
    HYBRID_PROPERTY = "HYBRID_PROPERTY"


_property = property
HYBRID_METHOD = HybridExtensionType.HYBRID_METHOD
HYBRID_PROPERTY = HybridExtensionType.HYBRID_PROPERTY


def _plain(fn):
    """The function inside a property or classmethod."""
    fn = getattr(fn, "fget", fn)
    return fn.__func__ if isinstance(fn, classmethod) else fn


class hybrid_method(InspectionAttrInfo):
    """A method that computes with values on instances and with expressions on the class."""

    __class_getitem__ = classmethod(GenericAlias)
    is_attribute = True
    extension_type = HYBRID_METHOD

    def __init__(self, func, expr=None):
        self.func = func
        self.expr = expr if expr is not None else func
        self.__doc__ = func.__doc__
        self.__name__ = getattr(func, "__name__", None)

    def __get__(self, instance, owner):
        if instance is None:
            return self.expr.__get__(owner, owner)
        return self.func.__get__(instance, owner)

    @_property
    def inplace(self):
        """``.inplace.expression`` changes this hybrid in place of copying it."""
        return _InPlaceMethod(self)

    def expression(self, expr):
        """Decorator: what the method is on the class."""
        self.expr = expr
        if not self.expr.__doc__:
            self.__doc__ = self.func.__doc__
        return self


class _InPlaceMethod:
    def __init__(self, hybrid):
        self.hybrid = hybrid

    def expression(self, expr):
        return self.hybrid.expression(expr)


class hybrid_property(InspectionAttrInfo):
    """A property that computes with values on instances and with expressions on the class."""

    __class_getitem__ = classmethod(GenericAlias)
    is_attribute = True
    extension_type = HYBRID_PROPERTY
    _names_its_expression = True

    def __init__(self, fget, fset=None, fdel=None, expr=None, custom_comparator=None, update_expr=None, bulk_dml_setter=None):
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.expr = _plain(expr)
        self.custom_comparator = _plain(custom_comparator)
        self.update_expr = _plain(update_expr)
        self.bulk_dml_setter = bulk_dml_setter
        self.__doc__ = getattr(fget, "__doc__", None)
        self.__name__ = getattr(fget, "__name__", None)

    def __get__(self, instance, owner):
        if owner is None:
            return self
        if instance is None:
            return self._expr_comparator(owner)
        return self.fget(instance)

    def __set__(self, instance, value):
        if self.fset is None:
            raise AttributeError("can't set attribute")
        self.fset(instance, value)

    def __delete__(self, instance):
        if self.fdel is None:
            raise AttributeError("can't delete attribute")
        self.fdel(instance)

    def _copy(self, **kw):
        defaults = {k: v for k, v in self.__dict__.items() if not k.startswith("_")}
        info = defaults.pop("info", None)
        defaults.update(kw)
        copied = type(self)(**defaults)
        if info is not None:
            copied.info = info
        return copied

    @_property
    def overrides(self):
        """The hybrid itself, to redefine it in a subclass."""
        return self

    @_property
    def inplace(self):
        """The decorators, changing this hybrid in place of copying it."""
        return _InPlaceProperty(self)

    def getter(self, fget):
        """Decorator: the value on instances."""
        return self._copy(fget=fget)

    def setter(self, fset):
        """Decorator: set the value on instances."""
        return self._copy(fset=fset)

    def deleter(self, fdel):
        """Decorator: delete the value on instances."""
        return self._copy(fdel=fdel)

    def expression(self, expr):
        """Decorator: the expression on the class."""
        return self._copy(expr=_plain(expr))

    def comparator(self, comparator):
        """Decorator: a :class:`Comparator` for the class."""
        return self._copy(custom_comparator=comparator)

    def update_expression(self, meth):
        """Decorator: what ``Query.update()`` sets: a list of (attribute, value)."""
        return self._copy(update_expr=meth)

    def bulk_dml(self, meth):
        """Decorator: what bulk INSERT and UPDATE parameters set. Since 2.1."""
        return self._copy(bulk_dml_setter=meth)

    def _expr_comparator(self, owner):
        if self.custom_comparator is not None:
            return self._get_comparator(self.custom_comparator, owner)
        if self.expr is not None:
            return self._get_expr(self.expr, owner)
        return self._get_expr(self.fget, owner)

    def _get_expr(self, expr, owner):
        return self._get_comparator(lambda cls: ExprComparator(cls, expr(cls), self), owner)

    def _get_comparator(self, comparator, owner):
        # the class that defines the name: the attribute's key
        name = self.__name__
        for cls in owner.__mro__ if isinstance(owner, type) else ():
            for key, value in cls.__dict__.items():
                if value is self:
                    name = key
                    break
            else:
                continue
            break
        return hybrid_propertyProxy(owner, name, comparator(owner), self)


class _InPlaceProperty:
    def __init__(self, hybrid):
        self.hybrid = hybrid

    def _set(self, **kw):
        for key, value in kw.items():
            setattr(self.hybrid, key, value)
        return self.hybrid

    def getter(self, fget):
        return self._set(fget=fget)

    def setter(self, fset):
        return self._set(fset=fset)

    def deleter(self, fdel):
        return self._set(fdel=fdel)

    def expression(self, expr):
        return self._set(expr=_plain(expr))

    def comparator(self, comparator):
        return self._set(custom_comparator=_plain(comparator))

    def update_expression(self, meth):
        return self._set(update_expr=_plain(meth))

    def bulk_dml(self, meth):
        return self._set(bulk_dml_setter=meth)


class Comparator(PropComparator):
    """Operators of a hybrid: derive from it and define what they give."""

    __slots__ = ("_expression_",)

    def __init__(self, expression):
        self._expression_ = expression
        self.prop = None
        self._parententity = None
        self._adapt_to_entity = None

    @_property
    def expression(self):
        return self._expression_

    def __clause_element__(self):
        expr = self.expression
        while hasattr(expr, "__clause_element__"):
            inner = expr.__clause_element__()
            if inner is expr:
                break
            expr = inner
        return expr

    @_property
    def property(self):
        raise NotImplementedError

    def adapt_to_entity(self, adapt_to_entity):
        return self


class ExprComparator(Comparator):
    """The comparator of a hybrid with an expression."""

    __slots__ = ("cls", "hybrid")

    def __init__(self, cls, expression, hybrid):
        super().__init__(expression)
        self.cls = cls
        self.hybrid = hybrid

    def __getattr__(self, key):
        if key.startswith("__"):
            raise AttributeError(key)
        return getattr(self.expression, key)

    @_property
    def info(self):
        return self.hybrid.info

    @_property
    def property(self):
        return self.expression.property

    def _bulk_update_tuples(self, value):
        if isinstance(self.expression, attributes.QueryableAttribute):
            return self.expression._bulk_update_tuples(value)
        if self.hybrid.update_expr is not None:
            return self.hybrid.update_expr(self.cls, value)
        return [(self.expression, value)]

    def operate(self, op, *other, **kwargs):
        return op(self.expression, *other, **kwargs)

    def reverse_operate(self, op, other, **kwargs):
        return op(other, self.expression, **kwargs)


class hybrid_propertyProxy(attributes.QueryableAttribute):
    """What a hybrid is on its class: an expression under the hybrid's name."""

    def __new__(cls, owner, key, comparator, hybrid):
        from ..inspection import inspect

        parent = inspect(owner, False) if not hasattr(owner, "_aliased_insp") else owner._aliased_insp
        self = attributes.QueryableAttribute.__new__(cls, owner, key or "hybrid", parent, comparator)
        self.hybrid = hybrid
        self.__doc__ = getattr(hybrid, "__doc__", None)
        return self

    def __init__(self, *args, **kw):
        pass

    is_attribute = True
    extension_type = HYBRID_PROPERTY

    @_property
    def property(self):
        return self.comparator.property

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return getattr(self.comparator, name)
        except AttributeError as err:
            raise AttributeError(self._without(name)) from err

    def _without(self, name):
        """What to say when neither the hybrid nor its comparator has an attribute of this name."""
        return (
            f"Neither {type(self.hybrid).__name__!r} object nor {type(self.comparator).__name__!r} object associated with "
            f"{self} has an attribute {name!r}"
        )

    @_property
    def __name__(self):
        return self.key

    @_property
    def info(self):
        return self.hybrid.info

    def __clause_element__(self):
        # one expression for as long as the attribute lives: it has one label, wherever it is selected
        made = self.__dict__.get("_made_expression")
        if made is None:
            made = self.__dict__["_made_expression"] = self._expression()
        return made

    def _expression(self):
        expr = self.comparator.__clause_element__()
        if not isinstance(expr, ClauseElement):
            raise InvalidRequestError(
                f'When interpreting attribute "{self}" as a SQL expression, expected __clause_element__() to return a '
                f"ClauseElement object, got: {expr!r}"
            )
        if not self.hybrid._names_its_expression:
            return expr
        annotate = getattr(expr, "_annotate", None)
        return annotate({"proxy_key": self.key}) if annotate is not None else expr

    @_property
    def expression(self):
        return self.__clause_element__()

    def adapt_to_entity(self, entity):
        """The same hybrid, computed with the columns of an alias."""
        new = self.hybrid._expr_comparator(entity.entity)
        return new

    # the decorators, so that a subclass can redefine parts: ``@Base.name.setter``
    @_property
    def overrides(self):
        return self.hybrid

    @_property
    def inplace(self):
        return self.hybrid.inplace

    def getter(self, fget):
        return self.hybrid.getter(fget)

    def setter(self, fset):
        return self.hybrid.setter(fset)

    def deleter(self, fdel):
        return self.hybrid.deleter(fdel)

    def update_expression(self, meth):
        return self.hybrid.update_expression(meth)

    def _bulk_update_tuples(self, value):
        return self.comparator._bulk_update_tuples(value)

    def _bulk_dml(self, mapping, value):
        setter = _plain(self.hybrid.bulk_dml_setter)
        if setter is None:
            raise InvalidRequestError("Can't evaluate bulk DML statement; please supply a bulk_dml decorated function")
        setter(self.class_, mapping, value)
