"""Draw the shipped processes again, for the documentation: docs/images/<process>.svg.

python tools/pictures.py            write them
python tools/pictures.py --check    exit with 1 when one is not as its process is now
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine.core.drawing import picture_of  # noqa: E402
from engine.definition.loader import examine  # noqa: E402
from engine.diagrams import svg_of  # noqa: E402
from engine.library import catalog_of  # noqa: E402

IMAGES = ROOT / "docs" / "images"


def main(arguments: list[str]) -> int:
    catalog = catalog_of(ROOT)
    stale = []
    for path in catalog.process_files():
        definition = examine(catalog, path).definition
        if definition is None:
            sys.exit(f"{path} has problems; see `heard lint`")
        target = IMAGES / f"{definition.key}.svg"
        picture = svg_of(picture_of(definition, roles=catalog.organisation.roles))
        if not target.exists() or target.read_text(encoding="utf-8") != picture:
            stale.append(target)
        if "--check" not in arguments:
            IMAGES.mkdir(parents=True, exist_ok=True)
            target.write_text(picture, encoding="utf-8")
    for target in stale:
        print(f"{target.relative_to(ROOT)} {'is stale' if '--check' in arguments else 'was drawn anew'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
