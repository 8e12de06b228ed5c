"""The public holidays of countries, from the `holidays` package.

Owns the only import of that package, the check of a country and subdivision, and the dates with their names.
Knows no calendar:
what comes from here is frozen to dates before anything is reckoned with it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

from engine.definition.suggest import closest

_LANGUAGES = ("en", "de")


def provider() -> str:
    """The package and its version, `holidays 0.109`; empty when it is not installed."""
    package = _package()
    return f"holidays {package.__version__}" if package is not None else ""


def problem_with(country: str, subdivision: str) -> tuple[str, str] | None:
    """What is wrong with a country's code and a subdivision's (`""` for none), as (message, advice).

    None when they are known.
    """
    package = _package()
    if package is None:
        return (
            "Public holidays come from the package 'holidays', which is not installed",
            "run `pip install holidays`, or list the dates themselves",
        )
    if country not in _codes():
        guess = _country_named(country)
        return (
            f"Expected a country's code such as DE or US, but found '{country[:40]}'",
            f"did you mean {guess}?" if guess else "use the two letters of ISO 3166-1",
        )
    known = list(_country(package, country).subdivisions) if subdivision else []
    if subdivision and subdivision not in known:
        some = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
        guess = closest(subdivision, known)
        message = f"{country} has no subdivision '{subdivision[:40]}' with holidays of its own"
        if not known:
            return message, "leave the subdivision out"
        return message, (f"did you mean {guess}? " if guess else "") + f"Known are {some}"
    return None


def dates(country: str, subdivision: str, years: Iterable[int]) -> dict[date, str | dict[str, str]]:
    """The public holidays of the years, with their names.

    One text, or one a language. The country has been checked.
    """
    package = _package()
    if package is None:
        raise LookupError("the package 'holidays' is not installed")
    asked = sorted(set(years))
    kind = _country(package, country)
    languages = {
        code.split("_")[0]: code
        for code in sorted(kind.supported_languages or ())
        if code.split("_")[0] in _LANGUAGES or code == kind.default_language
    }
    named: dict[date, dict[str, str]] = {}
    for language, code in languages.items():
        for at, name in package.country_holidays(
            country, subdiv=subdivision or None, years=asked, language=code
        ).items():
            named.setdefault(at, {})[language] = name
    if not languages:
        return dict(sorted(package.country_holidays(country, subdiv=subdivision or None, years=asked).items()))
    # A country with one language names its days in that one, whatever is asked for.
    found: dict[date, str | dict[str, str]] = {}
    for at in sorted(named):
        names = named[at]
        found[at] = names if len(set(names.values())) > 1 else next(iter(names.values()))
    return {at: name for at, name in found.items() if at.year in asked}


def _package() -> ModuleType | None:
    try:
        import holidays
    except ImportError:
        return None
    return holidays


def _country(package: ModuleType, code: str) -> Any:
    """The package's class for a country.

    Its module is loaded by itself: imported in the ordinary way it would bring those of all other countries with it,
    which takes longer than to check a process.
    """
    country = getattr(package, code)
    name = country.module_name
    if name not in sys.modules:
        spec = PathFinder.find_spec(name, [f"{folder}/countries" for folder in package.__path__])
        if spec is not None and spec.loader is not None:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            sys.modules[name] = module
    return country


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    """Every country's code. From the registry: to list the countries themselves would import all of them."""
    package = _package()
    return frozenset(package.registry.EntityLoader.get_country_codes(True)) if package is not None else frozenset()


def _country_named(text: str) -> str | None:
    """The code of a country written in small letters or by its English name."""
    package = _package()
    upper = text.strip().upper()
    if upper in _codes():
        return upper
    names = {entry[0]: entry[1] for entry in package.registry.COUNTRIES.values()} if package is not None else {}
    guess = closest(text.replace(" ", ""), names)
    return names[guess] if guess else None
