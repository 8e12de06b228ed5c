"""The forms that come along: what two of them ask alike, they ask in the same words."""

from __future__ import annotations

from pathlib import Path

from engine.definition.forms import read_form
from engine.definition.forms.model import FormField
from engine.definition.reader import read
from engine.definition.types import Choice

FORMS = Path(__file__).resolve().parents[2] / "forms"


def asked(name: str) -> dict[str, FormField]:
    """Form's id -> its field of that name, of every shipped form that has one."""
    forms = [read_form(read(file.read_bytes(), str(file)), file.stem) for file in sorted(FORMS.glob("*.yaml"))]
    return {form.id: field for form in forms if (field := form.field(name)) is not None}


def test_a_cause_has_the_same_code_wherever_it_is_recorded_so_that_it_is_known_when_it_comes_back() -> None:
    causes = asked("root_cause_code")
    assert set(causes) == {
        "complaint-frontline",
        "complaint-investigation",
        "corrective-action-intake",
        "corrective-action-root-cause",
    }
    first = causes["complaint-investigation"]
    assert isinstance(first.type, Choice) and len(first.type.values) == len(first.labels) == 13
    for field in causes.values():
        assert isinstance(field.type, Choice)
        assert (field.type.values, field.labels) == (first.type.values, first.labels)
