"""registry.configure(): what it does about registries that it depends on, and when it looks again."""

import oxalchemy as sa
from oxalchemy.orm import Mapped, mapped_column, registry, relationship


def attempt(name, f):
    try:
        print(name, "->", f())
    except sa.exc.SQLAlchemyError as e:
        print(name, "->", type(e).__name__, str(e))


def make():
    r1, r3 = registry(), registry()

    @r1.mapped
    class Good:
        __tablename__ = "good"
        id: Mapped[int] = mapped_column(primary_key=True)

    @r3.mapped
    class D:
        __tablename__ = "dependent"
        id: Mapped[int] = mapped_column(primary_key=True)
        bad_id: Mapped[int] = mapped_column(sa.ForeignKey(Good.__table__.c.id))
        bad: Mapped[Good] = relationship(Good)

    @r3.mapped
    class E(Good):
        __tablename__ = "e"
        id: Mapped[int] = mapped_column(sa.ForeignKey(Good.__table__.c.id), primary_key=True)

    return r1, r3, Good, D


r1, r3, G, D = make()
attempt("r3 first", r3.configure)
print(sa.inspect(D).configured, sa.inspect(G).configured)
attempt("r3 again", r3.configure)
attempt("r3 cascade", lambda: r3.configure(cascade=True))
print(sa.inspect(D).configured, sa.inspect(G).configured)
r1, r3, G, D = make()
attempt("r1", r1.configure)
attempt("r3", r3.configure)
print(sa.inspect(D).configured, sa.inspect(G).configured)
r1, r3, G, D = make()
attempt("r3c", lambda: r3.configure(cascade=True))
print(sa.inspect(D).configured, sa.inspect(G).configured)


@r1.mapped
class Good2:
    __tablename__ = "good2"
    id: Mapped[int] = mapped_column(primary_key=True)


print(sa.inspect(Good2).configured)
attempt("r3", r3.configure)
D()
print(sa.inspect(Good2).configured)
# only relationship dependency
r1, r3 = registry(), registry()


@r1.mapped
class Good:
    __tablename__ = "good"
    id: Mapped[int] = mapped_column(primary_key=True)


@r3.mapped
class D:
    __tablename__ = "dependent"
    id: Mapped[int] = mapped_column(primary_key=True)
    bad_id: Mapped[int] = mapped_column(sa.ForeignKey(Good.__table__.c.id))
    bad: Mapped[Good] = relationship(Good)


attempt("rel r3", r3.configure)
print(sa.inspect(D).configured, sa.inspect(Good).configured)
attempt("rel r3", r3.configure)
print(sa.inspect(D).configured, sa.inspect(Good).configured)
attempt("dispose", r1.dispose)
attempt("dispose", lambda: r1.dispose(cascade=True))
