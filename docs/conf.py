"""Sphinx settings: Markdown, one theme, nothing from the network."""

from headworks import __version__

project = "Headworks"
author = "The Headworks founders"
copyright = "2026, The Headworks founders"  # noqa: A001  Sphinx's name
release = version = __version__
language = "en"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "examples", "reference/_generated"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"Headworks {__version__}"
html_show_sphinx = False
html_copy_source = False
