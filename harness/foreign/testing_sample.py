"""An application in the shape of a public sample, and the one change that breaks its promise."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.foreign.testing_shop import Shop

GENERIC = "LivenessCheck(frozenset(), recovery_seconds=20.0, ends={ends}), ReplayCheck(), LeaksCheck()"


@dataclass(frozen=True)
class Sample:
    """An application, what breaks it (old text, new text), and how it is told: the check, and words of the finding."""

    shop: Shop
    breaks: tuple[str, str]
    check: str
    told: str

    @property
    def broken(self) -> Shop:
        """The application with the change."""
        old, new = self.breaks
        files = {name: text.replace(old, new) for name, text in self.shop.files.items()}
        changed = replace(self.shop, parts=self.shop.parts.replace(old, new), files=files)
        if changed == self.shop:
            raise AssertionError(f"{old!r} is nowhere in it")
        return changed
