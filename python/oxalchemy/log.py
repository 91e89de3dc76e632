"""Logging: loggers are called ``oxalchemy.<module>.<Class>``, with ``.<logging_name>`` behind when one is given."""

import logging
import sys

rootlogger = logging.getLogger("oxalchemy")
if rootlogger.level == logging.NOTSET:
    rootlogger.setLevel(logging.WARN)


def _add_default_handler(logger):
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)


_logged_classes = set()


def _qual_logger_name_for_cls(cls):
    return getattr(cls, "_sqla_logger_namespace", None) or f"{cls.__module__}.{cls.__name__}"


def class_logger(cls):
    """Decorator: gives a class its ``logger``."""
    logger = logging.getLogger(_qual_logger_name_for_cls(cls))
    cls._should_log_debug = lambda self: logger.isEnabledFor(logging.DEBUG)
    cls._should_log_info = lambda self: logger.isEnabledFor(logging.INFO)
    cls.logger = logger
    _logged_classes.add(cls)
    return cls


class Identified:
    """Mixin of what has a ``logging_name``."""

    __slots__ = ()
    logging_name = None

    def _should_log_debug(self):
        return self.logger.isEnabledFor(logging.DEBUG)

    def _should_log_info(self):
        return self.logger.isEnabledFor(logging.INFO)


class InstanceLogger:
    """A logger whose ``echo`` flag lets it speak when the configured level would not."""

    _echo_map = {None: logging.NOTSET, False: logging.NOTSET, True: logging.INFO, "debug": logging.DEBUG}

    __slots__ = ("echo", "logger")

    def __init__(self, echo, name):
        self.echo = echo
        self.logger = logging.getLogger(name)
        if self._echo_map.get(echo, logging.INFO) <= logging.INFO and not self.logger.handlers and echo:
            _add_default_handler(self.logger)

    def debug(self, msg, *args, **kwargs):
        self.log(logging.DEBUG, msg, *args, **kwargs)

    def info(self, msg, *args, **kwargs):
        self.log(logging.INFO, msg, *args, **kwargs)

    def warning(self, msg, *args, **kwargs):
        self.log(logging.WARNING, msg, *args, **kwargs)

    warn = warning

    def error(self, msg, *args, **kwargs):
        self.log(logging.ERROR, msg, *args, **kwargs)

    def exception(self, msg, *args, **kwargs):
        kwargs["exc_info"] = 1
        self.log(logging.ERROR, msg, *args, **kwargs)

    def critical(self, msg, *args, **kwargs):
        self.log(logging.CRITICAL, msg, *args, **kwargs)

    def log(self, level, msg, *args, **kwargs):
        if self.logger.manager.disable >= level:
            return
        if level >= self.getEffectiveLevel():
            kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1
            self.logger._log(level, msg, args, **kwargs)

    def isEnabledFor(self, level):
        return self.logger.manager.disable < level and level >= self.getEffectiveLevel()

    def getEffectiveLevel(self):
        level = self._echo_map.get(self.echo, logging.INFO)
        return self.logger.getEffectiveLevel() if level == logging.NOTSET else level


def instance_logger(instance, echoflag=None):
    """Set ``instance.logger`` by its class, its ``logging_name`` and ``echoflag``."""
    name = _qual_logger_name_for_cls(instance.__class__)
    if instance.logging_name:
        name = f"{name}.{instance.logging_name}"
    instance._echo = echoflag
    instance.logger = _logger(echoflag, name)


def _logger(echoflag, name):
    return logging.getLogger(name) if echoflag in (False, None) else InstanceLogger(echoflag, name)


class echo_property:
    """``obj.echo``: setting it changes the logger."""

    __doc__ = "When ``True``, log what happens; ``'debug'`` logs rows as well."

    def __get__(self, instance, owner):
        return self if instance is None else instance._should_log_debug() and "debug" or instance._should_log_info()

    def __set__(self, instance, value):
        instance_logger(instance, echoflag=value)
