"""Database servers for the tests and the benches: found, or started for one run and thrown away.

    provision.py    which server a run uses: named by the environment, on the default port, or a private one
    postgresql.py   what that means for PostgreSQL: log in by hand, databases, a private server
    mysql.py        the same names for MySQL and MariaDB
    pgbouncer.py    a transaction pooler in front of a PostgreSQL server
    private.py      a server process of our own in a temporary folder: start, stop, kill, restart
    binaries.py     where the server programs are, and how to get them
    proxy.py        a TCP relay on loopback that can be cut, for the fault tests
    watch.py        a test's own time, and other sessions of its database
    fixtures.py     the pytest fixtures

Nothing here uses oxalchemy: databases are made, cleaned and looked into with psycopg and PyMySQL.
"""
