"""SQL Server has no dialect here; the module exists so that scripts which import it for other databases' sake still run."""

from ... import exc


class MSDialect:
    """Says so when it is used."""

    name = "mssql"

    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        raise exc.NoSuchModuleError(
            "oxalchemy has no SQL Server dialect; supported are sqlite, postgresql, mysql, mariadb, and oracle for SQL text"
        )


dialect = MSDialect
