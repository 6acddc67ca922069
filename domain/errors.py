"""Everything that can go wrong, one class a fact.

    AgentError
    ├── TransientError              try again later
    │   ├── ModelUnavailable        the model server does not answer, or not now
    │   ├── ForgeUnavailable        the forge does not answer, or not now
    │   ├── QueueUnavailable        the queue cannot take or confirm a task now
    │   ├── RemoteUnavailable       the git server does not answer, or not in time
    │   ├── AuditUnavailable        the audit log cannot be written now
    │   └── ParserUnavailable       no process can be started now to parse files in
    ├── PermanentError              say so and stop
    │   ├── InvalidInput            what the caller gave cannot be used
    │   ├── NotFound                a repository, issue, revision or model does not exist
    │   ├── CredentialsRefused      a server does not accept who we are
    │   ├── PermissionRefused       the asker, or the repository, is not allowed this
    │   ├── ConfigurationRefused    the repository's own configuration is wrong, or asks for too much
    │   ├── PushRefused             the git server refused the branch
    │   │   ├── NotFastForward      the branch moved under us
    │   │   ├── BranchExists        a new branch was asked for, and the name is taken
    │   │   └── PushRejected        a hook, a protected branch, or the server's own check said no
    │   ├── RepositoryTooLarge      over the limits on size or number of files
    │   ├── BudgetExceeded          the task would cost more than it may
    │   ├── SecretFound             what is to be published holds what looks like a secret
    │   ├── AnswerUnusable          the model refused, was cut off, or wrote nothing that can be read
    │   └── EditsRefused            the edits cannot be applied, or may not be
    └── Interruption                the work must stop, and nothing is wrong with it
        └── LeaseLost               another worker may hold the task now

Adapters translate their vendor's errors into these at their edge; use cases decide on the class, never on a message.
Each message is one line that says what to do, fit to be shown on the issue: it never carries a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from domain.conversation import Spend


class AgentError(Exception):
    """The root: an error whose text is written for the person who reads it."""


class TransientError(AgentError):
    """May succeed if tried again; `retry_after` is how long the other side asked us to wait, if it did."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ModelUnavailable(TransientError):
    """The model server does not answer, or not now.

    `spend` is what the request has cost all the same, None where nobody knows: the prompt may have been read.
    """

    def __init__(self, message: str, *, retry_after: timedelta | None = None, spend: Spend | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.spend = spend


class ForgeUnavailable(TransientError):
    """The forge does not answer, or not now."""


class QueueUnavailable(TransientError):
    """The queue cannot take or confirm a task now."""


class RemoteUnavailable(TransientError):
    """The git server does not answer, or not in time."""


class AuditUnavailable(TransientError):
    """The audit log cannot be written now, and what is not on record does not happen."""


class ParserUnavailable(TransientError):
    """No process can be started now to parse files in."""


class PermanentError(AgentError):
    """Trying again will not help."""


class InvalidInput(PermanentError):
    """What the caller gave cannot be used."""


class NotFound(PermanentError):
    """A repository, issue, revision or model does not exist, or is hidden from us."""


class CredentialsRefused(PermanentError):
    """A server does not accept who we are."""


class PermissionRefused(PermanentError):
    """The asker, or the repository, is not allowed this."""


class ConfigurationRefused(PermanentError):
    """The repository's own configuration is wrong, or asks for more than the operator allows."""


class PushRefused(PermanentError):
    """The git server refused the branch."""


class NotFastForward(PushRefused):
    """The branch moved under us; it is never overwritten."""


class BranchExists(PushRefused):
    """A new branch was asked for, and the name is taken."""


class PushRejected(PushRefused):
    """A hook, a protected branch, or the server's own check said no."""


class RepositoryTooLarge(PermanentError):
    """The repository is over the limits on size or number of files."""


class BudgetExceeded(PermanentError):
    """The task would cost more than it may."""


class SecretFound(PermanentError):
    """What is to be published holds what looks like a secret; the message says where, and never quotes it."""


class AnswerUnusable(PermanentError):
    """The model refused, was cut off, or wrote nothing that can be read; `spend` as with `ModelUnavailable`."""

    def __init__(self, message: str, *, spend: Spend | None = None) -> None:
        super().__init__(message)
        self.spend = spend


class EditsRefused(PermanentError):
    """The edits cannot be applied, or may not be; `problems` has one line for each."""

    def __init__(self, message: str, *, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class Interruption(AgentError):
    """The work must stop, and nothing is wrong with it."""


class LeaseLost(Interruption):
    """Another worker may hold the task now: no further effect is allowed."""
