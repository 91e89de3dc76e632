"""The table as the documentation has it. `python -m faults.matrix.page` (from `tests_py`) writes it into the page."""

import pathlib

from .operations import OPERATIONS
from .table import DATABASES, TABLE, Without

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "when_things_fail.md"
BEGIN, END = "<!-- the table: written by tests_py/faults/matrix/page.py -->", "<!-- end of the table -->"


def shown(outcome, reasons):
    if isinstance(outcome, Without):
        return f"– ({reasons.setdefault(outcome.reason, len(reasons) + 1)})"
    return str(outcome)


def text():
    reasons = {}
    lines = [f"| fault | database | {' | '.join(OPERATIONS)} |", "|---" * (len(OPERATIONS) + 2) + "|"]
    for fault, databases in TABLE.items():
        for kind, operations in databases.items():
            cells = [shown(operations[operation], reasons) for operation in OPERATIONS]
            lines.append(f"| {fault} | {DATABASES[kind]} | {' | '.join(cells)} |")
    lines.append("")
    lines += [f"{number}. {reason}" for reason, number in reasons.items()]
    return "\n".join(lines)


def parts():
    """What stands on the page before, in and after the table."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    inside, _, after = rest.partition(END)
    return before, inside, after


if __name__ == "__main__":
    before, _, after = parts()
    PAGE.write_text(f"{before}{BEGIN}\n{text()}\n{END}{after}", encoding="utf-8")
