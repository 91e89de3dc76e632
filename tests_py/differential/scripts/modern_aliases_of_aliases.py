"""Aliases of aliases over subqueries that have the class and its alias side by side."""

# ruff: noqa: B006, E742, UP031, B008, B023, E402, E501, F401, F811, E701, E702, E711, E712, E721, E731, E741, F403, F405, I001, UP006, UP035, UP045
import warnings

warnings.simplefilter("ignore")
from oxalchemy import *
from oxalchemy.orm import *

Base = declarative_base()


class U(Base):
    __tablename__ = "u"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    ads = relationship("A")


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    u_id = Column(ForeignKey("u.id"))
    em = Column(String)


def w(q):
    return " ".join(str(q).split())


ua = aliased(U)
s1 = select(U, ua).where(U.id < ua.id).subquery()
s2 = select(ua).subquery()
s3 = select(U.id, (U.name + "x").label("name")).subquery()
a1 = aliased(U, s1)
a2 = aliased(ua, s1)
a3 = aliased(U, s2)
a4 = aliased(ua, s2)
a5 = aliased(U, s3, adapt_on_names=True)
s4 = select(a1, a2).subquery()
a6 = aliased(a2, s4)
a7 = aliased(a1, s4)
L = {
    "1": lambda: select(a1.name, a2.name),
    "2": lambda: select(a2),
    "3": lambda: select(a3),
    "4": lambda: select(a4.name),
    "5": lambda: select(a5.id, a5.name),
    "6": lambda: select(a6),
    "7": lambda: select(a7.name, a6.name),
    "9": lambda: select(a1, a2).where(a1.name == "x", a2.name == "y"),
    "12": lambda: select(aliased(ua).name),
}
for k, f in L.items():
    try:
        print(k, "|", w(f()))
    except Exception as e:
        print(k, "!!", type(e).__name__, str(e)[:200])
