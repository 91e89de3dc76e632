"""eager_defaults: which server-side values come back with INSERT and UPDATE, and which are loaded when asked for."""

import logging
import sys

from oxalchemy import FetchedValue, String, create_engine, func, select, text
from oxalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("  %(message)s"))
logger = logging.getLogger("oxalchemy.engine.Engine")
logger.addHandler(handler)
logger.propagate = False


def run(title, setting, **url):
    print("##", title)

    class Base(DeclarativeBase):
        pass

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int | None]
        s: Mapped[str | None] = mapped_column(server_default="srv")
        e: Mapped[int | None] = mapped_column(default=text("3 + 4"))
        u: Mapped[int | None] = mapped_column(onupdate=text("5 + 6"))
        f: Mapped[str | None] = mapped_column(String, server_onupdate=FetchedValue())
        if setting != "default":
            __mapper_args__ = {"eager_defaults": setting}

    engine = create_engine("sqlite://", **url)
    logger.setLevel(logging.WARNING)
    Base.metadata.create_all(engine)
    s = Session(engine)
    logger.setLevel(logging.INFO)

    def d(o):
        print(sorted(k for k in o.__dict__ if not k.startswith("_")))

    one = A(x=1)
    s.add(one)
    s.flush()
    d(one)
    print(one.s, one.e)
    d(one)
    two, three = A(x=2), A(x=3)
    s.add_all([two, three])
    s.flush()
    d(two)
    print(three.s, two.e)
    given = A(id=50, x=1)
    s.add(given)
    s.flush()
    d(given)
    print(given.e)
    given = A(id=60, x=1, s="given")
    s.add(given)
    s.flush()
    d(given)
    print(given.e)
    one.x = 10
    s.flush()
    d(one)
    print(one.u, one.f)
    two.x, three.x = 20, 30
    s.flush()
    d(two)
    print(two.u, three.u)
    one.x = func.coalesce(99, 1)
    s.flush()
    d(one)
    print(one.x)
    s.add(A(x=func.coalesce(7, 8)))
    s.flush()
    s.commit()
    print(s.scalars(select(A.x).order_by(A.id)).all())
    s.close()


run("unspecified", "default")
run("auto", "auto")
run("True", True)
run("False", False)
