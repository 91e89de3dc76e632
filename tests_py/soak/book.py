"""Accounts and transfers on one database, and what must hold of them at the end."""

import threading
import uuid

import oxalchemy as sa
from oxalchemy import orm

ACCOUNTS = 20
START = 1000


class Base(orm.DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id = orm.mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    balance = orm.mapped_column(sa.Integer)


class Transfer(Base):
    __tablename__ = "transfer"
    # No unique constraint: a transfer that is written twice must be found, not refused.
    number = orm.mapped_column(sa.Integer, primary_key=True)
    key = orm.mapped_column(sa.String(32), index=True)
    source_id = orm.mapped_column(sa.ForeignKey("account.id"))
    target_id = orm.mapped_column(sa.ForeignKey("account.id"))
    amount = orm.mapped_column(sa.Integer)
    source = orm.relationship("Account", foreign_keys=[source_id])
    target = orm.relationship("Account", foreign_keys=[target_id])


class Book:
    """`confirmed`: keys of transfers whose COMMIT succeeded; `unsure`: those whose COMMIT was asked for and not answered."""

    def __init__(self, database):
        self.database = database
        self.kind = database.kind
        arguments = {"timeout": 10} if self.kind == "sqlite" else {}
        if self.kind == "mysql":
            arguments["init_command"] = "SET innodb_lock_wait_timeout = 5"
        if self.kind == "postgresql":
            arguments["options"] = "-c lock_timeout=5000"
        self.engine = sa.create_engine(database.url, connect_args=arguments, pool_size=5, max_overflow=5, pool_timeout=20)
        # Statements that are killed or cancelled come from somebody else.
        self.administration = sa.create_engine(database.url, connect_args=arguments, isolation_level="AUTOCOMMIT")
        self.lock = threading.Lock()
        self.confirmed, self.unsure = set(), set()
        Base.metadata.create_all(self.engine)
        with orm.Session(self.engine) as session:
            session.add_all(Account(id=i, balance=START) for i in range(ACCOUNTS))
            session.commit()

    def begin_commit(self, key):
        with self.lock:
            self.unsure.add(key)

    def end_commit(self, key):
        with self.lock:
            self.confirmed.add(key)
            self.unsure.discard(key)

    def transfer_by_core(self, random, on_the_way):
        """One transfer in three statements. `on_the_way(conn)` is called between them."""
        source, target, amount = choose(random)
        key = uuid.uuid4().hex
        account, transfer = Account.__table__, Transfer.__table__
        with self.engine.connect() as conn:
            conn.execute(transfer.insert(), {"key": key, "source_id": source, "target_id": target, "amount": amount})
            on_the_way(conn)
            for number, change in sorted([(source, -amount), (target, amount)]):
                conn.execute(account.update().where(account.c.id == number).values(balance=account.c.balance + change))
            on_the_way(conn)
            self.begin_commit(key)
            conn.commit()
            self.end_commit(key)

    def transfer_by_orm(self, random, on_the_way):
        """The same through a session, objects and relationships, half of it inside a savepoint."""
        source, target, amount = choose(random)
        key = uuid.uuid4().hex
        with orm.Session(self.engine) as session:
            if self.kind == "sqlite":
                # Read and then write: SQLite refuses the second when another has written in between, so write first.
                session.execute(sa.update(Account).where(Account.id == source).values(balance=Account.balance))
            rows = session.scalars(
                sa.select(Account).where(Account.id.in_([source, target])).order_by(Account.id).with_for_update()
            ).all()
            accounts = {account.id: account for account in rows}
            on_the_way(session.connection())
            with session.begin_nested():
                session.add(Transfer(key=key, source=accounts[source], target=accounts[target], amount=amount))
                accounts[source].balance -= amount
            accounts[target].balance += amount
            session.flush()
            on_the_way(session.connection())
            self.begin_commit(key)
            session.commit()
            self.end_commit(key)

    def read(self, random):
        """A look at the book while others write: money is never made or lost in between."""
        with self.engine.connect() as conn:
            total = conn.scalar(sa.select(sa.func.sum(Account.balance)))
            assert total == ACCOUNTS * START, f"{self.kind}: {total} in all"
        with orm.Session(self.engine) as session:
            for account in session.scalars(sa.select(Account).execution_options(yield_per=5)):
                assert account.id < ACCOUNTS

    def errors(self):
        """What does not hold, as texts. Read by another driver."""
        found = []
        balances = dict(self.database.rows("SELECT id, balance FROM account"))
        transfers = self.database.rows(
            "SELECT key_, source_id, target_id, amount FROM transfer".replace("key_", self.quoted_key())
        )
        keys = [row[0] for row in transfers]
        if sum(balances.values()) != ACCOUNTS * START:
            found.append(f"{sum(balances.values())} in all accounts, not {ACCOUNTS * START}")
        if len(keys) != len(set(keys)):
            found.append(f"{len(keys) - len(set(keys))} transfers are there twice")
        if lost := self.confirmed - set(keys):
            found.append(f"{len(lost)} confirmed transfers are lost")
        if foreign := set(keys) - self.confirmed - self.unsure:
            found.append(f"{len(foreign)} transfers are there that were rolled back")
        expected = dict.fromkeys(range(ACCOUNTS), START)
        for _, source, target, amount in transfers:
            expected[source] -= amount
            expected[target] += amount
        if expected != balances:
            found.append("balances do not follow from the transfers")
        return [f"{self.kind}: {text}" for text in found]

    def quoted_key(self):
        return "`key`" if self.kind == "mysql" else '"key"'

    def rest(self):
        """Nothing is open any more."""
        self.engine.dispose()
        self.administration.dispose()


def choose(random):
    source, target = random.sample(range(ACCOUNTS), 2)
    return source, target, random.randint(1, 50)
