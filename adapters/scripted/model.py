"""A language model that replays stored answers."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from application.ports.language_model import LanguageModel
from application.token_estimate import estimate_prompt_tokens, estimate_tokens
from domain.conversation import FREE, Reply, Role, StopReason, priced
from domain.errors import AgentError, AnswerUnusable, InvalidInput, ModelUnavailable
from domain.model_health import ModelHealth
from domain.model_profile import ModelProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from domain.conversation import Message

_NUMBERED = re.compile(r"(\d+).*\.(?:md|txt)")


class ScriptedModel(LanguageModel):
    """Gives the answers of a script, one a call.

    `script` is a text file, which is one answer, or a folder of numbered ones (`01-first.md`, `02-second.md`; other
    files are passed over), which are the answers in order. Which one is due is read off the conversation, by the
    assistant's turns in it: the model itself remembers nothing, so every conversation starts at the first answer,
    one that is begun again too. An answer is written in pieces of `piece_characters`, with `pause_seconds` before
    each, so that progress can be seen. Token counts are estimates; the price is nothing.

    `reply` raises `InvalidInput` where there is no script to read, `AnswerUnusable` where it has no further answer.
    """

    def __init__(
        self,
        script: Path | None,
        name: str = "scripted",
        *,
        pause_seconds: float = 0.02,
        piece_characters: int = 60,
        context_tokens: int = 100_000,
        max_answer_tokens: int = 16_000,
    ) -> None:
        self._script = script
        self._profile = ModelProfile(name, FREE, context_tokens, max_answer_tokens)
        self._pause_seconds = pause_seconds
        self._piece_characters = piece_characters

    @property
    def profile(self) -> ModelProfile:
        """As it was given; it costs nothing."""
        return self._profile

    async def fitted_profile(self) -> ModelProfile:
        """The same: there is no server."""
        return self._profile

    def estimate(self, messages: Sequence[Message]) -> int:
        """The guess that is charged."""
        return estimate_prompt_tokens(messages)

    async def reply(
        self, messages: Sequence[Message], *, deadline_seconds: float, on_text: Callable[[str], None]
    ) -> Reply:
        """The answer that is due in this conversation."""
        answer = self._answer_due(messages)
        try:
            async with asyncio.timeout(deadline_seconds):
                await self._write(answer, on_text)
        except TimeoutError as error:
            message = f"The script's answer was not written within {deadline_seconds:g} s."
            raise ModelUnavailable(message) from error
        spend = priced(self.estimate(messages), estimate_tokens(answer), FREE, estimated=True)
        return Reply(answer, StopReason.END, spend, self._profile.name)

    async def check(self) -> ModelHealth:
        """Whether there is a script, and how many answers it has."""
        name, limit = self._profile.name, self._profile.context_tokens
        try:
            answers = _answer_files(self._script)
            for answer in answers:
                _read(answer)
        except AgentError as error:
            return ModelHealth(name, reachable=True, problems=(str(error),), context_tokens=limit)
        return ModelHealth(name, reachable=True, facts=(_count(len(answers)),), context_tokens=limit)

    async def close(self) -> None:
        """Nothing is held."""

    def _answer_due(self, messages: Sequence[Message]) -> str:
        answers = _answer_files(self._script)
        turn = sum(message.role is Role.ASSISTANT for message in messages)
        if turn >= len(answers):
            message = f"The script has {_count(len(answers))}, and a further one was asked for: {self._script}"
            raise AnswerUnusable(message)
        return _read(answers[turn])

    async def _write(self, answer: str, on_text: Callable[[str], None]) -> None:
        for piece in _pieces(answer, self._piece_characters):
            await asyncio.sleep(self._pause_seconds)
            on_text(piece)


def _answer_files(script: Path | None) -> Sequence[Path]:
    if script is None:
        message = "The scripted model has no script: name a file with its answer, or a folder of numbered ones."
        raise InvalidInput(message)
    if script.is_file():
        return [script]
    files = _numbered_files(script) if script.is_dir() else []
    if not files:
        message = f"There is no script at {script}: it is a file with an answer, or a folder of files like 01-answer.md"
        raise InvalidInput(message)
    return files


def _numbered_files(folder: Path) -> Sequence[Path]:
    numbered = ((_NUMBERED.fullmatch(path.name), path) for path in folder.iterdir())
    return [path for _, path in sorted((int(match[1]), path) for match, path in numbered if match)]


def _read(path: Path) -> str:
    try:
        answer = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"The script cannot be read as UTF-8 text: {path}"
        raise InvalidInput(message) from error
    if not answer.strip():
        message = f"The script's answer is empty: {path}"
        raise AnswerUnusable(message)
    return answer


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _count(answers: int) -> str:
    return "1 answer" if answers == 1 else f"{answers} answers"
