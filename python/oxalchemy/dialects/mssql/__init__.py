"""SQL Server."""

from .._absent import absent

MSDialect = dialect = absent(__name__, "MSDialect", "SQL Server")
MSDialect.name = "mssql"
