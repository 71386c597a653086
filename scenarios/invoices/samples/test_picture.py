"""The picture in the documentation is one of the invoices that are sent now."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops

from scenarios.invoices.samples.picture import main

SHOWN = Path(__file__).parents[3] / "docs" / "pictures" / "invoice.png"


def test_the_picture_is_of_today(tmp_path: Path) -> None:
    main(tmp_path / "now.png")
    with Image.open(tmp_path / "now.png") as now, Image.open(SHOWN) as shown:
        assert now.size == shown.size, "make pictures"
        # Another machine may smooth a letter otherwise; other words are another thing.
        differing = ImageChops.difference(now.convert("L"), shown.convert("L")).point(lambda value: 255 * (value > 64))
        assert sum(differing.histogram()[255:]) < 500, "make pictures"
