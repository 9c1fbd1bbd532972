"""The verbs of evaluation, one module a subject."""
