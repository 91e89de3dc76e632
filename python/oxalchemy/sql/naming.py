"""Names that SQLAlchemy keeps in ``sql.naming``; naming conventions themselves are in :mod:`.schema.names`."""

from .base import _NONE_NAME as _NONE_NAME
from .elements import conv as conv
