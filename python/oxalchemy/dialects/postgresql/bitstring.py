"""``BitString``: values of BIT columns."""


class BitString(str):
    """Text of zeros and ones that calculates like a bit string of PostgreSQL.

    Raises ValueError for any other character. Bits are counted from the left, starting at 0.
    """

    def __new__(cls, _value, _check=True):
        if isinstance(_value, cls):
            return _value
        if _check and not all(c in "01" for c in _value):
            raise ValueError("BitString must only contain '0' and '1' chars")
        return super().__new__(cls, _value)

    @classmethod
    def from_int(cls, value, length):
        """The bits of an integer, padded with zeros to `length`.

        Raises ValueError when the integer is negative or does not fit.
        """
        if value < 0:
            raise ValueError("value must be non-negative")
        if length < 0:
            raise ValueError("length must be non-negative")
        text = f"{value:0{length}b}" if length else ""
        if (value and not length) or len(text) > length:
            raise ValueError(f"Cannot encode {value} as a BitString of length {length}")
        return cls(text)

    @classmethod
    def from_bytes(cls, value, length=-1):
        """The bits of bytes, most significant first, padded with zeros to `length` bits (-1: as many as there are)."""
        text = "".join(f"{byte:08b}" for byte in value)
        if length < 0:
            return cls(text)
        if length < len(text):
            cut = len(text) - length
            if "1" in text[:cut]:
                raise ValueError(f"Cannot encode {value!r} as a BitString of length {length}")
            return cls(text[cut:])
        return cls(text.zfill(length))

    def get_bit(self, index):
        """The bit at an index, as '0' or '1'."""
        return super().__getitem__(index)

    def has_bit(self, index):
        """Is the bit at an index set?"""
        return super().__getitem__(index) == "1"

    @property
    def bit_length(self):
        """Number of bits."""
        return len(self)

    @property
    def octet_length(self):
        """Number of bytes that the bits fill."""
        return (len(self) + 7) // 8

    def set_bit(self, index, value):
        """A copy with one bit changed."""
        if isinstance(value, (bool, int)):
            value = "1" if value else "0"
        elif value not in ("0", "1"):
            raise ValueError("value must be one of: 0, 1, '0', '1', True, False")
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError("BitString index out of range")
        if super().__getitem__(index) == value:
            return self
        text = str(self)
        return BitString(text[:index] + value + text[index + 1 :])

    def lstrip(self, char=None):
        """Without leading bits; zeros unless told."""
        return BitString(super().lstrip(char or "0"), False)

    def rstrip(self, char="0"):
        """Without trailing bits."""
        return BitString(super().rstrip(char or "0"), False)

    def strip(self, char="0"):
        """Without leading and trailing bits."""
        return BitString(super().strip(char or "0"), False)

    def removeprefix(self, prefix, /):
        """Without a prefix."""
        return BitString(super().removeprefix(prefix), False)

    def removesuffix(self, suffix, /):
        """Without a suffix."""
        return BitString(super().removesuffix(suffix), False)

    def replace(self, old, new, count=-1):
        """With parts replaced."""
        return BitString(super().replace(old, new, count))

    def split(self, sep=None, maxsplit=-1):
        """The parts between separators."""
        return [BitString(part, False) for part in super().split(sep, maxsplit)]

    def zfill(self, width):
        """Padded with zeros on the left."""
        return BitString(super().zfill(width), False)

    def to_bytes(self, length=-1):
        """The bits as bytes, most significant first; `length` bytes, -1 for as many as are needed."""
        return int(self).to_bytes(length if length >= 0 else self.octet_length, "big")

    def __repr__(self):
        return f'BitString("{str(self)}")'

    def __int__(self):
        return int(str(self), 2) if self else 0

    def __bytes__(self):
        return self.to_bytes()

    def __getitem__(self, key):
        return BitString(super().__getitem__(key), False)

    def __add__(self, o):
        return BitString(str(self) + str(BitString(o)), False) if isinstance(o, str) else NotImplemented

    def __radd__(self, o):
        return BitString(str(BitString(o)) + str(self), False) if isinstance(o, str) else NotImplemented

    def __lshift__(self, amount):
        return self._shifted(str(self)[max(amount, 0) :].ljust(len(self), "0")) if amount >= 0 else self >> -amount

    def __rshift__(self, amount):
        return self._shifted(str(self)[: max(len(self) - amount, 0)].rjust(len(self), "0")) if amount >= 0 else self << -amount

    def _shifted(self, text):
        return BitString(text, False)

    def __invert__(self):
        return BitString("".join("1" if c == "0" else "0" for c in str(self)), False)

    def _combine(self, o, combine):
        if not isinstance(o, str):
            return NotImplemented
        o = BitString(o)
        if len(self) != len(o):
            raise ValueError("Operands must be the same length")
        return BitString(
            "".join("1" if combine(a == "1", b == "1") else "0" for a, b in zip(str(self), str(o), strict=True)), False
        )

    def __and__(self, o):
        return self._combine(o, lambda a, b: a and b)

    def __or__(self, o):
        return self._combine(o, lambda a, b: a or b)

    def __xor__(self, o):
        return self._combine(o, lambda a, b: a != b)

    __rand__ = __and__
    __ror__ = __or__
    __rxor__ = __xor__
