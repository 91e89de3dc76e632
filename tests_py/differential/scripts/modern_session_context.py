"""A with block whose transaction has ended: nothing goes on inside it until the block is complete."""

from oxalchemy import create_engine, select, text
from oxalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker


class Base(DeclarativeBase):
    pass


class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)


e = create_engine("sqlite://")
Base.metadata.create_all(e)
S = sessionmaker(e)


def step(name, f):
    try:
        print(name, "->", f())
    except Exception as ex:
        print(name, "!!", type(ex).__name__, str(ex).split("\n")[0])


def g1():
    with S() as s:
        with s.begin_nested() as n:
            s.add(A(id=104))
            n.rollback()
            s.begin_nested()


def g2():
    with S() as s:
        with s.begin_nested() as n:
            n.rollback()
            s.execute(text("select 1"))


def g3():
    with S() as s:
        with s.begin_nested() as n:
            n.commit()
            s.add(A(id=105))
            s.flush()
        s.commit()


def g4():
    with S() as s:
        with s.begin():
            with s.begin_nested() as n:
                n.rollback()
            s.add(A(id=106))
            s.flush()


def g5():
    with S() as s:
        with s.begin():
            with s.begin_nested():
                s.add(A(id=107))
                s.commit()


def g6():
    with S() as s:
        with s.begin():
            with s.begin_nested():
                s.add(A(id=108))
                s.rollback()
        s.add(A(id=109))
        s.commit()


def g7():
    with S() as s:
        with s.begin():
            s.commit()
        s.add(A(id=110))
        s.commit()


def g8():
    with S() as s:
        with s.begin():
            s.rollback()
            s.begin()


def g9():
    with S() as s:
        with s.begin():
            s.add(A(id=111))
            s.flush()
            s.add(A(id=111))
            s.flush()


def g10():
    with S() as s:
        try:
            with s.begin():
                s.add(A(id=112))
                s.commit()
                s.connection()
        finally:
            print(s.in_transaction())
            s.add(A(id=113))
            s.commit()


def g11():
    with S.begin() as s:
        a = A(id=114)
        s.add(a)
        s.commit()
        a.id


def g12():
    with S.begin() as s:
        a = A(id=115)
        s.add(a)
        s.commit()
        s.expunge_all()
        s.merge(A(id=115))


def g13():
    with S.begin() as s:
        s.commit()
        s.commit()


def g14():
    with S.begin() as s:
        s.commit()
        s.rollback()
        s.close()
        print(list(s), s.new)


def g15():
    with S.begin() as s:
        s.commit()
        s.query(A).count()


def g16():
    with S.begin() as s:
        s.rollback()
        s.bulk_save_objects([A(id=116)])


def g17():
    with S.begin() as s:
        a = A(id=117)
        s.add(a)
        s.commit()
        s.delete(a)


def g18():
    with S.begin() as s:
        a = A(id=118)
        s.add(a)
        s.commit()
        a.id = 200


def g19():
    with S.begin() as s:
        a = A(id=119)
        s.add(a)
        s.commit()
        s.refresh(a)


def g20():
    with S.begin() as s:
        s.commit()
        s.flush()
        s.expire_all()
        s.expunge_all()
        s.reset()
        s.get_transaction()


def g21():
    with S.begin() as s:
        s.invalidate()
        s.add(A(id=1))


def g22():
    with e.connect() as c:
        with c.begin():
            s = Session(c)
            s.add(A(id=120))
            s.commit()
        with c.begin():
            c.rollback()
            c.execute(text("select 1"))


def g23():
    with e.connect() as c:
        with c.begin():
            with c.begin_nested() as n:
                n.rollback()
                c.execute(text("select 1"))


def g24():
    with e.connect() as c:
        with c.begin() as t:
            t.rollback()
            with c.begin():
                pass


def g25():
    r = scoped_session(S)
    with r.begin():
        r.add(A(id=121))
        r.commit()
        r.add(A(id=122))


def g26():
    r = scoped_session(S)
    r.remove()
    with r() as s, s.begin():
        s.add(A(id=123))
        r.remove()
        s.add(A(id=124))


def g27():
    with S() as s:
        t = s.begin()
        t.__enter__()
        t.commit()
        try:
            s.add(A(id=125))
        finally:
            t.__exit__(None, None, None)
        s.add(A(id=126))
        s.commit()


def g28():
    with S() as s:
        with s.begin():
            raise ValueError("x")


def g29():
    with S() as s:
        try:
            with s.begin():
                s.add(A(id=127))
                s.commit()
                raise ValueError("x")
        except ValueError:
            pass
        s.add(A(id=128))
        s.commit()


def g30():
    with S() as s:
        with s.begin(), s.begin_nested():
            s.close()
            s.add(A(id=129))


def g31():
    with S() as s:
        with s.begin():
            try:
                with s.begin_nested():
                    s.add(A(id=1))
                    s.flush()
                    s.add(A(id=1))
                    s.flush()
            except Exception as ex:
                print(type(ex).__name__)
            s.add(A(id=130))
            s.flush()


for i in range(1, 32):
    step(f"g{i}", globals()[f"g{i}"])
with S() as s:
    print(s.scalars(select(A.id).order_by(A.id)).all())
