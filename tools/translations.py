"""The pages' words: collected from the code and the templates, translated in web/translations, compiled for gettext.

    python tools/translations.py            collect, and compile what is translated
    python tools/translations.py --check    fail when something is not collected, translated or compiled

A translation is written into web/translations/<language>/LC_MESSAGES/heard.po, by hand or with any editor for such
files.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from jinja2 import Environment
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
LANGUAGES = ("de",)
CALLS = {"_", "gettext", "ngettext"}

Found = dict[tuple[str, str], set[str]]
"""(text, its plural or nothing) -> the files that say it."""


def collected() -> Found:
    found: Found = {}
    for path in sorted(WEB.rglob("*.py")):
        for key in in_code(path.read_text(encoding="utf-8")):
            found.setdefault(key, set()).add(path.relative_to(ROOT).as_posix())
    for path in sorted(WEB.rglob("*.html")):
        for key in in_template(path.read_text(encoding="utf-8")):
            found.setdefault(key, set()).add(path.relative_to(ROOT).as_posix())
    return found


def in_code(text: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in CALLS:
            continue
        said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if said:
            yield (said[0], said[1]) if node.func.id == "ngettext" and len(said) > 1 else (said[0], "")


def in_template(text: str) -> Iterator[tuple[str, str]]:
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    for _line, _name, said in extract_from_ast(environment.parse(text), ("_", "gettext", "ngettext")):
        words = [one for one in (said if isinstance(said, tuple) else (said,)) if isinstance(one, str)]
        if words:
            yield (words[0], words[1]) if len(words) > 1 else (words[0], "")


def catalog_of(language: str) -> Path:
    return WEB / "translations" / language / "LC_MESSAGES" / "heard.po"


def merged(language: str, found: Found) -> polib.POFile:
    """The catalog with exactly these texts, and the translations that it had."""
    path = catalog_of(language)
    known = {one.msgid: one for one in polib.pofile(str(path))} if path.exists() else {}
    made = polib.POFile(wrapwidth=110)
    made.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for (text, plural), files in sorted(found.items()):
        old = known.get(text)
        entry = polib.POEntry(msgid=text, occurrences=[(file, "") for file in sorted(files)])
        if re.search(r"%\(\w+\)s", text):
            entry.flags.append("python-format")
        if plural:
            entry.msgid_plural = plural
            entry.msgstr_plural = dict(old.msgstr_plural) if old and old.msgstr_plural else {0: "", 1: ""}
        else:
            entry.msgstr = old.msgstr if old else ""
        made.append(entry)
    return made


def missing(catalog: polib.POFile) -> list[str]:
    """What is not translated, or translated with other names in it than the text has."""
    found = []
    for entry in catalog:
        said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        names = set(re.findall(r"%\((\w+)\)s", entry.msgid + (entry.msgid_plural or "")))
        if not all(said) or any(not set(re.findall(r"%\((\w+)\)s", one)) <= names for one in said):
            found.append(entry.msgid)
    return found


def main(arguments: list[str]) -> int:
    found, faults = collected(), []
    for language in LANGUAGES:
        path, catalog = catalog_of(language), merged(language, found)
        compiled = path.with_suffix(".mo")
        if "--check" in arguments:
            if not path.exists() or str(catalog) != str(merged_as_kept(path)):
                faults.append(f"Expected {path.relative_to(ROOT)} to hold every text; run tools/translations.py")
            if not compiled.exists() or compiled.read_bytes() != catalog.to_binary():
                faults.append(f"Expected {compiled.relative_to(ROOT)} to be compiled; run tools/translations.py")
            faults += [f"Expected a translation into {language} of: {text}" for text in missing(catalog)]
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            catalog.save(str(path))
            compiled.write_bytes(catalog.to_binary())
            print(f"{language}: {len(catalog)} texts, {len(missing(catalog))} to translate")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


def merged_as_kept(path: Path) -> polib.POFile:
    return polib.pofile(str(path), wrapwidth=110)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
