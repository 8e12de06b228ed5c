"""No link leads nowhere: every page that is named is there, and every section of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS

PAGES = (*sorted(DOCS.rglob("*.md")), *(DOCS.parent / name for name in ("README.md", "CHANGELOG.md")))
_LINK = re.compile(r"\]\((?!https?:)(?P<file>[^)#\s]*)(?:#(?P<section>[^)\s]+))?\)")


def sections(text: str) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    heads = (re.sub(r"[^\w\- ]", "", head.strip().lower()) for head in re.findall(r"^#+ (.+)$", text, re.M))
    return {head.replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS.parent).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in _LINK.finditer(page.read_text(encoding="utf-8")):
        file = (page.parent / link["file"]).resolve() if link["file"] else page
        assert file.exists(), link[0]
        if link["section"] and file.suffix == ".md":
            assert link["section"] in sections(file.read_text(encoding="utf-8")), link[0]
