"""Types that only MariaDB has."""

from ...sql import sqltypes

__all__ = ("INET4", "INET6")


class INET4(sqltypes.TypeEngine):
    """An IPv4 address, as text."""

    __visit_name__ = "INET4"
    _affinity = "other"


class INET6(sqltypes.TypeEngine):
    """An IPv4 or IPv6 address, as text."""

    __visit_name__ = "INET6"
    _affinity = "other"
