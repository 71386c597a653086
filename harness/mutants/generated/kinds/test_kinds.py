"""Each kind of change by example: all that it makes of a few lines."""

from __future__ import annotations

import pytest

from harness.mutants.generated.kinds.every import KINDS
from harness.mutants.generated.testing_changes import changes

EXAMPLES = [
    ("boundary", "ok = a < b >= (c)\n", ["ok = a <= b >= (c)\n", "ok = a < b > (c)\n"]),
    ("off-by-one", "last = rows[-1]\n", ["last = rows[-2]\n", "last = rows[-0]\n"]),
    ("off-by-one", "for n in range(3): f(n, 4)\n", ["for n in range(4): f(n, 4)\n", "for n in range(2): f(n, 4)\n"]),
    ("dropped-statement", "x.done = True\nf(x)\n", ["pass\nf(x)\n", "x.done = True\npass\n"]),
    (
        "dropped-statement",
        "def f(a):\n    if a:\n        return 1\n    return 2\n",
        ["def f(a):\n    if a:\n        pass\n    return 2\n"],
    ),
    (
        "dropped-await",
        "async def f():\n    await g()\n    x = await h()\n",
        ["async def f():\n    pass\n    x = await h()\n"],
    ),
    (
        "swapped-arguments",
        "f((a), b, b, *c, x=1, y=2)\n",
        ["f((b), a, b, *c, x=1, y=2)\n", "f((a), b, b, *c, x=2, y=1)\n"],
    ),
    ("constant", "f(6, 0, 1.5)\n", ["f(12, 0, 1.5)\n", "f(6, 1, 1.5)\n", "f(6, 0, 3.0)\n"]),
    (
        "constant",
        "f(True, None, 'é', f'{x}')\n",
        [
            "f(False, None, 'é', f'{x}')\n",
            "f(True, 0, 'é', f'{x}')\n",
            "f(True, None, 'é~', f'{x}')\n",
            "f(True, None, 'é', f'{x}~')\n",
        ],
    ),
    ("dropped-key", "d = {'a': 1, 'b': (2)}\n", ["d = {'b': (2)}\n", "d = {'a': 1}\n"]),
    ("dropped-key", "f(\n    a,\n    k=1,\n    l=2,\n)\n", ["f(\n    a,\n    l=2,\n)\n", "f(\n    a,\n    k=1,\n)\n"]),
    ("dropped-key", "k = f'é{{}}/{a}/{b!r:>{w}}'\n", ["k = f'é{{}}//{b!r:>{w}}'\n", "k = f'é{{}}/{a}/'\n"]),
    (
        "swallowed-exception",
        "try:\n    f()\nexcept E:\n    g()\n    raise\n",
        ["try:\n    f()\nexcept E:\n    pass\n", "try:\n    f()\nexcept E:\n    g()\n    pass\n"],
    ),
    ("order", "book(\n    a,\n)\ntell(a)\n", ["tell(a)\nbook(\n    a,\n)\n"]),
    (
        "order",
        "async def f():\n    x = await g()\n    y.seen = h()\n",
        ["async def f():\n    y.seen = h()\n    x = await g()\n"],
    ),
    ("negated-condition", "if a and b: f()\n", ["if not (a and b): f()\n"]),
    (
        "negated-condition",
        "x = [y for y in z if y is not None or y not in (1,)]\n",
        [
            "x = [y for y in z if not (y is not None or y not in (1,))]\n",
            "x = [y for y in z if y is None or y not in (1,)]\n",
            "x = [y for y in z if y is not None or y in (1,)]\n",
        ],
    ),
    ("negated-condition", "ok = not (a or b)\n", ["ok = (a or b)\n"]),
    (
        "arithmetic",
        "x = -a + b\nx *= (c)\n",
        ["x = -a - b\nx *= (c)\n", "x = a + b\nx *= (c)\n", "x = -a + b\nx /= (c)\n"],
    ),
    (
        "dropped-operand",
        "ok = (a or b) and c and d\n",
        [
            "ok = c and d\n",
            "ok = (a or b) and d\n",
            "ok = (a or b) and c\n",
            "ok = (b) and c and d\n",
            "ok = (a) and c and d\n",
        ],
    ),
    ("default", "x = d.get(k, 0)\ny = d.get(k, None)\n", ["x = d.get(k)\ny = d.get(k, None)\n"]),
]


@pytest.mark.parametrize(("kind", "text", "made"), EXAMPLES)
def test_a_kind_makes_just_these(kind: str, text: str, made: list[str]) -> None:
    assert changes(kind, text) == made


def test_every_kind_has_an_example() -> None:
    assert [kind.name for kind in KINDS] == list(dict.fromkeys(kind for kind, _, _ in EXAMPLES))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("order", "x = f()\ng(x)\n"),  # the second needs the first
        ("order", "a.x = 1\nb.y = 2\n"),  # nobody can look in between
        ("order", "a.x = f()\ng(a.x)\n"),
        ("dropped-statement", "class A:\n    def __init__(self, x):\n        self.x = x\n"),
        ("arithmetic", "ok = isinstance(x, A | B)\ny = 'a' + x\n"),
        ("dropped-key", "f(**k)\nd = {**k}\n"),
        ("constant", "ok = x is None\n"),
        ("swallowed-exception", "try:\n    f()\nexcept E:\n    pass\n"),
    ],
)
def test_what_would_prove_nothing_is_not_made(kind: str, text: str) -> None:
    assert changes(kind, text) == []
