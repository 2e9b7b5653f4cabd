"""Charts as self-contained SVG: what they look like (``charts``), on which classes (``classes``), made inert (``svg``)."""
