"""An account book under faults, for as long as one likes: `make soak SECONDS=600`.

Threads transfer money between accounts on all databases at once while sessions are killed, statements cancelled, listeners raise,
exceptions strike the threads from outside and pools are thrown away. At the end the books balance, each confirmed transfer is
there once, and memory, files, connections and threads are what they were.

    book.py        accounts, transfers, and what must hold of them
    trouble.py     the faults, chosen at random
    worker.py      a thread (or the main thread) that transfers
    usage.py       memory, files, threads, objects of this process
    __main__.py    the run, and its report
"""
