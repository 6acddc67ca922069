"""Which form of answer a model is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

SMALL_MODELS = ("*:0.5b*", "*:1b*", "*:1.5b*", "*:1.7b*", "*:2b*", "*:3b*", "smollm*", "tinyllama*")
"""Names of models that copy search texts too badly to be asked for them."""


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """Blocks of old and new lines, or whole files for the models whose name fits one of these patterns (`*`, `?`)."""

    whole_files: tuple[str, ...] = SMALL_MODELS

    def wants_whole_files(self, model: str) -> bool:
        """Whether this model is asked for whole files; case does not count."""
        return any(fnmatchcase(model.casefold(), pattern.casefold()) for pattern in self.whole_files)
