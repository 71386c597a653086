"""Documents for people outside: typeset text in both directions, the tax authority's QR code, cells that stay text."""
