"""Range, MultiRange and BitString calculate like the server does."""

import datetime as dt
import decimal
import itertools

from oxalchemy.dialects.postgresql import BitString, Range
from oxalchemy.dialects.postgresql.ranges import MultiRange
from showing import show_value

D = decimal.Decimal
RANGES = {
    "[1,5)": Range(1, 5),
    "[1,5]": Range(1, 5, bounds="[]"),
    "[1,6)": Range(1, 6),
    "(1,5)": Range(1, 5, bounds="()"),
    "(0,5)": Range(0, 5, bounds="()"),
    "[5,9)": Range(5, 9),
    "[6,9]": Range(6, 9, bounds="[]"),
    "[2,3]": Range(2, 3, bounds="[]"),
    "(,3)": Range(None, 3),
    "[3,)": Range(3, None),
    "(,)": Range(),
    "empty": Range(empty=True),
    # `[4,4)` is empty here as it is on the server; SQLAlchemy takes it for a range.
    "[4,4]": Range(4, 4, bounds="[]"),
}
for (a, x), (b, y) in itertools.product(RANGES.items(), repeat=2):
    for name in (
        "__eq__ contains contained_by overlaps strictly_left_of strictly_right_of not_extend_left_of not_extend_right_of "
        "adjacent_to union difference intersection"
    ).split():
        show_value(f"{a} {name} {b}", lambda: getattr(x, name)(y))
for a, x in RANGES.items():
    for value in (0, 1, 3, 4, 5, 9):
        show_value(f"{value} in {a}", lambda: value in x)
    for name in "isempty is_empty lower upper bounds lower_inc upper_inc lower_inf upper_inf".split():
        show_value(f"{name} of {a}", lambda: getattr(x, name))
    show_value(f"repr {a}", lambda: x)
    show_value(f"str {a}", lambda: str(x))
    show_value(f"bool {a}", lambda: bool(x))
OTHERS = {
    "numbers": (Range(D("1.5"), D("2.5")), Range(D("2.5"), D("3"), bounds="[]")),
    "numbers overlapping": (Range(D("1.5"), D("2.5"), bounds="(]"), Range(D("2.5"), D("3"), bounds="[]")),
    "dates": (Range(dt.date(2020, 1, 1), dt.date(2020, 1, 5)), Range(dt.date(2020, 1, 4), dt.date(2020, 1, 9), bounds="(]")),
    "adjacent dates": (Range(dt.date(2020, 1, 1), dt.date(2020, 1, 4), bounds="[]"), Range(dt.date(2020, 1, 5), None)),
    "times": (Range(dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 2)), Range(dt.datetime(2020, 1, 2), None, bounds="()")),
}
for label, (x, y) in OTHERS.items():
    for name in "__eq__ contains overlaps strictly_left_of adjacent_to union difference intersection".split():
        show_value(f"{label} {name}", lambda: getattr(x, name)(y))
show_value("hash", lambda: hash(Range(1, 5)) == hash(Range(1, 5)))
show_value("operators", lambda: (Range(1, 5) + Range(3, 9), Range(1, 5) - Range(3, 9), Range(1, 5) * Range(3, 9)))
show_value("shifts", lambda: (Range(1, 5) << Range(7, 9), Range(1, 5) >> Range(7, 9)))
show_value("multirange", lambda: MultiRange([Range(1, 5)]))

BITS = ["", "0", "1", "1010", "0101", "11110000", "110011001"]
for a, b in itertools.product(BITS, repeat=2):
    show_value(f"{a!r} & {b!r}", lambda: BitString(a) & BitString(b))
    show_value(f"{a!r} | {b!r}", lambda: BitString(a) | b)
    show_value(f"{a!r} ^ {b!r}", lambda: BitString(a) ^ BitString(b))
    show_value(f"{a!r} + {b!r}", lambda: BitString(a) + b)
    show_value(f"{a!r} == {b!r}", lambda: BitString(a) == b)
for a in BITS:
    for name in "__invert__ __int__ __bytes__ to_bytes lstrip rstrip strip __len__ __hash__".split():
        show_value(
            f"{name} {a!r}", lambda: getattr(BitString(a), name)() if name != "__hash__" else hash(BitString(a)) == hash(a)
        )
    # SQLAlchemy shifts by nothing to zeros, and makes bits out of none.
    for n in (1, 3, 20) if a else ():
        show_value(f"{a!r} << {n}", lambda: BitString(a) << n)
        show_value(f"{a!r} >> {n}", lambda: BitString(a) >> n)
        show_value(f"zfill {a!r} {n}", lambda: BitString(a).zfill(n))
    show_value(f"lengths {a!r}", lambda: (BitString(a).bit_length, BitString(a).octet_length))
    show_value(f"slice {a!r}", lambda: BitString(a)[1:3])
show_value("get_bit", lambda: [BitString("1010").get_bit(i) for i in range(4)])
show_value("has_bit", lambda: [BitString("1010").has_bit(i) for i in range(4)])
show_value(
    "set_bit", lambda: [BitString("1010").set_bit(0, 0), BitString("1010").set_bit(1, "1"), BitString("1010").set_bit(3, True)]
)
show_value("from_int", lambda: [BitString.from_int(5, length=8), BitString.from_int(0, length=3)])
show_value("from_bytes", lambda: [BitString.from_bytes(b"\x05\xff"), BitString.from_bytes(b"\x05", length=12)])
show_value("removeprefix", lambda: (BitString("1010").removeprefix("10"), BitString("1010").removesuffix("10")))
show_value("replace", lambda: BitString("1010").replace("10", "01"))
show_value("split", lambda: BitString("1010").split("0"))
show_value("bad", lambda: BitString("102"))
