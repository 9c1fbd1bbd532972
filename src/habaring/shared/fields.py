"""The fields of a form by what they are, so that their choices can be set at run time."""

from typing import Any

from django import forms


def choice_of(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The field that offers choices. Raises KeyError, and TypeError for another kind."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} offers no choices")
    return field


def rows_of(form: forms.BaseForm, name: str) -> "forms.ModelChoiceField[Any]":
    """The field that offers rows of a table. Raises KeyError, and TypeError likewise."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} offers no rows")
    return field
