"""Forms: what a person is asked, as data. Reading a form, judging what was sent, and telling both in words.

Knows no process and no page; a form is bound to the names of the place where it is used.
"""

from engine.definition.forms.describing import Row
from engine.definition.forms.form import BoundForm, Form, Judged, Shown
from engine.definition.forms.formats import FORMATS
from engine.definition.forms.model import FormField, Section, Source
from engine.definition.forms.reading import read_form

__all__ = ["FORMATS", "BoundForm", "Form", "FormField", "Judged", "Row", "Section", "Shown", "Source", "read_form"]
