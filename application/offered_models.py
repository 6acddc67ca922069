"""The models that work is done with: the operator's choice, and others that a repository may ask for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from application.ports.language_model import LanguageModel
    from domain.repository_config import RepositoryConfig


class OfferedModels:
    """`others` are made when they are first asked for."""

    def __init__(self, default: LanguageModel, others: Mapping[str, Callable[[], LanguageModel]] | None = None) -> None:
        self._default = default
        self._others = others or {}
        self._made: dict[str, LanguageModel] = {}

    def chosen(self, config: RepositoryConfig) -> LanguageModel:
        """The model that a repository's configuration asks for.

        Raises `ConfigurationRefused` for one that is not offered.
        """
        own = self._default.profile.name
        name = config.offered_model(frozenset({own, *self._others}))
        if name in {"", own}:
            return self._default
        if name not in self._made:
            self._made[name] = self._others[name]()
        return self._made[name]
