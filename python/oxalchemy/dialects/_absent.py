"""Dialects that are not here. Their modules are, so that scripts which import them for other databases' sake still run."""

from .. import exc


def absent(module, name, title):
    """A dialect class that says so when it is used."""

    def missing(self, attribute):
        raise exc.NoSuchModuleError(
            f"oxalchemy has no {title} dialect; supported are sqlite, postgresql, mysql, mariadb, and oracle for SQL text"
        )

    return type(name, (), {"__module__": module, "__doc__": f"{title}: not here.", "__init__": _init, "__getattr__": missing})


def _init(self, *args, **kwargs):
    pass
