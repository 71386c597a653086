"""What is left alone, and that all around it is not."""

from __future__ import annotations

import pytest

from harness.mutants.generated.source import Source
from harness.mutants.generated.spared import imported_names
from harness.mutants.generated.testing_changes import candidates_in


@pytest.mark.parametrize(
    "text",
    [
        '"""Words."""\ndef f():\n    """Words."""\n',
        "workflow.logger.warning('held: %s', 1 + x)\n",
        "logging.info(f'{x}', extra={'a': 1, 'b': 2})\n",
        "@defn(name='x')\nclass A(B, metaclass=C):\n    x: Literal['a', 'b']\n",
        "def f(a: 'A' | None) -> dict['b', 1]: ...\n",
        "class A:\n    def __repr__(self):\n        return f'A {self.x + 1}'\n",
        "assert x < 1, 'never'\n",
        "T = TypeVar('T', bound='A')\nlogger = logging.getLogger('x')\n",
        "__all__ = ['a', 'b']\n",
        "if __name__ == '__main__':\n    main(1)\n",
        "if TYPE_CHECKING:\n    f(1)\n",
        "WORDS = 'held'\nlogger.info(WORDS)\n",
        "import a\nfrom b import c\n",
    ],
)
def test_nothing_of_it_is_changed(text: str) -> None:
    assert [each.name for each in candidates_in(text)] == []


def kinds(text: str) -> list[str]:
    return sorted({each.kind for each in candidates_in(text)})


def test_the_text_of_an_error_is_spared_and_what_it_means_is_not() -> None:
    text = "raise ApplicationError(f'no {x}', type='Refused', non_retryable=True)\n"
    assert kinds(text) == ["constant", "dropped-key", "swallowed-exception", "swapped-arguments"]
    assert not [each for each in candidates_in(text) if "~'" in each.source.changed(each.edits).split("type")[0]]


def test_a_name_that_becomes_the_text_of_an_error_is_spared_unless_others_read_it() -> None:
    body = "def f(x):\n    words = f'no {x}'\n    raise Refused(words)\n"
    assert kinds(body) == ["swallowed-exception"]
    assert "constant" in kinds(body + "    tell(words)\n")


def test_a_constant_that_another_file_imports_is_not_spared() -> None:
    assert imported_names([Source("b.py", "b", "from a import WORDS as W, OTHER\n").tree]) == {"WORDS", "OTHER"}
    alone = "WORDS = 'held'\nlogger.info(WORDS)\n"
    assert not candidates_in(alone)
    assert kinds(alone + "from here import WORDS\n") == ["constant"]
