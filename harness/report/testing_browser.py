"""What tests of a page in a real browser share: when they run, and the text that is hard to read."""

from __future__ import annotations

import pytest

from harness.stack.programs.browser import find_chromium

MARKS = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium was found; `apt install chromium`"),
]
"""What every test in a browser is marked with."""

ENOUGH = 4.5
"""The contrast that WCAG 2.2 (1.4.3, level AA) asks for of text of ordinary size."""

WEAK_TEXT = """least => {
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const c = parse(getComputedStyle(at).backgroundColor);
      if (c.length === 3 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const contrast = element => {
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const texts = 'h1, h2, h3, p, td, th, dd, dt, li, span, small, b, a, figcaption';
  return [...document.querySelectorAll(texts)]
    .filter(element => element.offsetParent && element.innerText.trim() && contrast(element) < least)
    .map(element => `${element.tagName}.${element.className} ${contrast(element).toFixed(2)}`);
}"""
"""A function for the browser: the texts of a page of less contrast than its argument, each with its contrast."""
