"""Every error has the exit code that the documentation promises."""

from __future__ import annotations

import pytest

from domain import errors
from entrypoints.cli.exit_codes import code_for

CODES: dict[type[errors.AgentError], int] = {
    errors.ModelUnavailable: 3,
    errors.ForgeUnavailable: 3,
    errors.QueueUnavailable: 3,
    errors.RemoteUnavailable: 3,
    errors.ParserUnavailable: 3,
    errors.AuditUnavailable: 3,
    errors.InvalidInput: 2,
    errors.NotFound: 2,
    errors.RepositoryTooLarge: 2,
    errors.ConfigurationRefused: 2,
    errors.CredentialsRefused: 4,
    errors.PermissionRefused: 4,
    errors.NotFastForward: 4,
    errors.BranchExists: 4,
    errors.PushRejected: 4,
    errors.BudgetExceeded: 4,
    errors.SecretFound: 4,
    errors.AnswerUnusable: 1,
    errors.EditsRefused: 1,
}


def leaves(kind: type[errors.AgentError]) -> set[type[errors.AgentError]]:
    """The errors below this one that nothing is below of."""
    below = kind.__subclasses__()
    return set().union(*map(leaves, below)) if below else {kind}


def test_the_table_names_every_error_that_can_end_a_command() -> None:
    assert leaves(errors.AgentError) - leaves(errors.Interruption) >= CODES.keys()
    assert set(leaves(errors.TransientError) | leaves(errors.PermanentError)) == CODES.keys()


@pytest.mark.parametrize("kind", CODES)
def test_an_error_ends_with_the_documented_code(kind: type[errors.AgentError]) -> None:
    assert code_for(kind("said")) == CODES[kind]
