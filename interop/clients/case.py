"""What a case is: a small story about some options of a program, and what must be seen of them."""

from dataclasses import dataclass
from typing import Callable, Tuple

ALL = ("pub", "sub", "rr")

CASES = []


class CaseFailed(Exception):
    pass


@dataclass(frozen=True)
class Case:
    program: str
    name: str
    options: Tuple[str, ...]
    properties: Tuple[str, ...]
    body: Callable


def case(programs, *options, properties=()):
    """Registers a story for each program. It must pass all the options and properties it names.

    A property is named as the command line has it: "publish content-type".
    """

    def register(body):
        for program in [programs] if isinstance(programs, str) else programs:
            name = body.__name__.replace("_", " ")
            CASES.append(Case(program, name, options, tuple(properties), body))
        return body

    return register


def expect(actual, expected, what):
    if actual != expected:
        raise CaseFailed(f"{what}: expected {expected!r}, got {actual!r}")


def expect_that(condition, what):
    if not condition:
        raise CaseFailed(what)
