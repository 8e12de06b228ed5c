"""Every page, in light and dark, on a phone and on a desk: nothing a screen reader stumbles over, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.cases import INQUIRY
from web.house import House

PAGES = [
    ("", "/sign-in"),
    ("", "/nowhere"),
    ("", "/contact"),
    ("", "/contact/complaint"),
    ("ann", "/inbox"),
    ("ann", "/account"),
    ("ann", "/absences"),
    ("katrin", "/processes"),
    ("katrin", "/processes/complaint"),
    ("katrin", "/processes/inquiry/editor?show=check"),
    ("katrin", "/processes/inquiry/editor?show=picture"),
    ("katrin", "/processes/inquiry/editor?show=scenarios"),
    ("ines", "/cases/{case}"),
    ("vera", "/cases/{case}?verify=1"),
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("narrow", [False, True], ids=["desk", "phone"])
def test_every_page_is_accessible_and_fits(visit: Callable[..., Any], house: House, narrow: bool, dark: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    case = house.engine.start("inquiry", house.directory.actor("dieter", "web"), INQUIRY).reference
    axe = Axe()
    found = []
    opened: dict[str, Any] = {}
    for person, path in PAGES:
        page = opened.get(person) or opened.setdefault(person, visit(person, dark=dark, narrow=narrow))
        page.goto(path.format(case=case))
        for violation in axe.run(page).response["violations"]:
            targets = [node["target"] for node in violation["nodes"]][:3]
            found.append(f"{path}: {violation['id']}: {violation['help']} {targets}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            found.append(f"{path}: wider than the screen")
    assert found == []
