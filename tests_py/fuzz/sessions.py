"""Random programs over a session of three classes: what each step raises, and what is in the session and the tables after it.

A program is a list of steps; a step is the name of an action and small numbers that choose among the objects made so far. Both
libraries run it; each step leaves a line that tells the exception's class (if any) and the state of every object.
"""

import warnings

from hypothesis import strategies as st

NUMBER = st.integers(min_value=0, max_value=5)
ACTIONS = (
    "new", "add", "add", "append", "append", "remove", "assign", "set_parent", "set_parent", "clear_parent", "tag", "untag",
    "rename", "set_key", "delete", "flush", "flush", "commit", "rollback", "expire", "expire_all", "refresh", "expunge", "merge",
    "get", "query", "begin_nested", "end_nested", "undo_nested", "read", "no_autoflush", "bulk_update", "bulk_delete", "close",
)  # fmt: skip
STEP = st.tuples(st.sampled_from(ACTIONS), NUMBER, NUMBER)
PROGRAM = st.lists(STEP, min_size=3, max_size=25)


class Run:
    """One library's run of a program."""

    def __init__(self, library):
        self.library = library
        self.sa, self.orm = library.sa, library.orm
        self.engine = library.engine()
        self.session = self.orm.Session(self.engine)
        self.objects = []
        self.lines = []
        for i in range(2):
            self.step_new(0, i)
        self.step_new(1, 0)

    def pick(self, number, cls=None):
        """An object by number; of a class, when one is named."""
        these = [o for o in self.objects if cls is None or isinstance(o, self.library.classes[cls])]
        return these[number % len(these)] if these else None

    def run(self, program):
        for action, a, b in program:
            failure = None
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    getattr(self, f"step_{action}")(a, b)
            except Exception as e:
                failure = type(e).__name__
            self.lines.append(f"{action} {a} {b} {failure or ''} | {self.state()}")
        self.lines.append(self.rows())
        self.session.close()
        self.engine.dispose()
        return self.lines

    def state(self):
        """Of every object: its life's state and, without loading anything, what it holds."""
        out = []
        for o in self.objects:
            s = self.sa.inspect(o)
            life = next(w for w in ("transient", "pending", "persistent", "deleted", "detached") if getattr(s, w))
            held = {k: self.shown(v) for k, v in sorted(o.__dict__.items()) if not k.startswith("_sa")}
            out.append(f"{life[:4]}{'*' if s.modified else ''}{held}")
        return "; ".join(out)

    def shown(self, value):
        if isinstance(value, list):
            return [self.shown(v) for v in value]
        if isinstance(value, self.library.classes):
            known = [i for i, o in enumerate(self.objects) if o is value]
            return f"#{known[0]}" if known else type(value).__name__
        return value

    def rows(self):
        """All rows, as the transaction sees them."""
        try:
            connection = self.session.connection()
        except Exception as e:
            return type(e).__name__
        tables = ("parent", "child", "tag", "child_tag")
        return str({t: sorted(map(tuple, connection.exec_driver_sql(f"select * from {t}")), key=str) for t in tables})

    def step_new(self, a, b):
        self.objects.append(self.library.classes[a % 3](name=f"n{b}"))

    def step_add(self, a, b):
        self.session.add(self.pick(a))

    def step_append(self, a, b):
        self.pick(a, 0).children.append(self.pick(b, 1))

    def step_remove(self, a, b):
        self.pick(a, 0).children.remove(self.pick(b, 1))

    def step_assign(self, a, b):
        self.pick(a, 0).children = [self.pick(b, 1)]

    def step_set_parent(self, a, b):
        self.pick(a, 1).parent = self.pick(b, 0)

    def step_clear_parent(self, a, b):
        self.pick(a, 1).parent = None

    def step_tag(self, a, b):
        self.pick(a, 1).tags.append(self.pick(b, 2))

    def step_untag(self, a, b):
        self.pick(a, 1).tags.remove(self.pick(b, 2))

    def step_rename(self, a, b):
        self.pick(a).name = f"r{b}"

    def step_set_key(self, a, b):
        self.pick(a).id = b + 1

    def step_delete(self, a, b):
        self.session.delete(self.pick(a))

    def step_flush(self, a, b):
        self.session.flush()

    def step_commit(self, a, b):
        self.session.commit()

    def step_rollback(self, a, b):
        self.session.rollback()

    def step_expire(self, a, b):
        self.session.expire(self.pick(a))

    def step_expire_all(self, a, b):
        self.session.expire_all()

    def step_refresh(self, a, b):
        self.session.refresh(self.pick(a))

    def step_expunge(self, a, b):
        self.session.expunge(self.pick(a))

    def step_merge(self, a, b):
        merged = self.session.merge(self.pick(a))
        if not any(o is merged for o in self.objects):
            self.objects.append(merged)

    def step_get(self, a, b):
        found = self.session.get(self.library.classes[a % 3], b)
        if found is not None and not any(o is found for o in self.objects):
            self.objects.append(found)

    def step_query(self, a, b):
        cls = self.library.classes[a % 3]
        self.lines.append(str(self.session.scalars(self.sa.select(cls.name).order_by(cls.id)).all()))

    def step_begin_nested(self, a, b):
        self.session.begin_nested()

    def step_end_nested(self, a, b):
        self.session.get_nested_transaction().commit()

    def step_undo_nested(self, a, b):
        self.session.get_nested_transaction().rollback()

    def step_read(self, a, b):
        o = self.pick(a)
        for name in ("name", "parent", "children", "tags"):
            if hasattr(type(o), name):
                getattr(o, name)

    def step_no_autoflush(self, a, b):
        with self.session.no_autoflush:
            self.step_query(a, b)

    def step_bulk_update(self, a, b):
        cls = self.library.classes[a % 2]
        self.session.execute(self.sa.update(cls).where(cls.id == b).values(name="bulk"))

    def step_bulk_delete(self, a, b):
        child = self.library.classes[1]
        self.session.execute(self.sa.delete(child).where(child.id == b))

    def step_close(self, a, b):
        self.session.close()
