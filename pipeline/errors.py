"""The error tree of the pipeline.

PipelineError            a stage could not go on
└── UserError            the input is wrong or the surroundings lack something: one line, what to do next (exit code 2)
    └── SqlError         a query was refused or failed in the sandbox; carries a short reason tag

Messages are English templates with named values, so that the page can show them in the visitor's language
(`space/i18n/messages_ja.py` maps each template to its Japanese; a test holds that none is missing).
"""

from __future__ import annotations


class PipelineError(Exception):
    """A stage could not go on. `str(error)` is one English line."""

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values
        super().__init__(template.format(**values) if values else template)


class UserError(PipelineError):
    """Somebody can put this right: the line says what happened and what to do next."""


class SqlError(UserError):
    """A query did not give rows. `reason` is a short tag such as `timeout`, `not-a-select` or `unknown-column`."""

    def __init__(self, reason: str, template: str, **values: object) -> None:
        self.reason = reason
        super().__init__(template, **values)
