"""Every fault in every operation on every database.

table.py       what a program sees of it: the data, which `docs/when_things_fail.md` prints
causes.py      how each fault is made
operations.py  what the program does when it strikes
world.py       a library, an engine and a table for one cell
page.py        the table as the documentation has it
"""
