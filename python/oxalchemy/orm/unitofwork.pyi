from oxalchemy._rs import UOWTransaction as UOWTransaction

__all__ = ["UOWTransaction"]
