"""What is made when it is first needed, and once, however many threads need it first."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast, overload

Made = TypeVar("Made")


class once(Generic[Made]):  # noqa: N801 - it is used as a decorator, like property
    """A method's result, kept in its instance. `functools.cached_property` locks up to Python 3.11 only.

    Each has a lock of its own in each instance, so that one that waits for a database keeps nobody from the others.
    What raises is made anew by the next who needs it.
    """

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self.make = make
        self.name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> "once[Made]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> Made: ...
    def __get__(self, instance: object | None, owner: type) -> "once[Made] | Made":
        if instance is None:
            return self
        kept = vars(instance)
        with kept.setdefault(f"making {self.name}", threading.RLock()):
            if self.name not in kept:
                kept[self.name] = self.make(instance)
            return cast(Made, kept[self.name])
