"""The GraphQL documents that the agent sends are valid by GitHub's own schema (npm `@octokit/graphql-schema`)."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest
from graphql import build_schema, parse, validate

from adapters.github.edits import EDITED
from adapters.github.pulls import READY
from tests.support.npm_package import NpmPackage

if TYPE_CHECKING:
    from graphql import GraphQLSchema

PACKAGE = NpmPackage(
    "@octokit/graphql-schema@15.26.1",
    "RFDC2MpRBd4AxSRvUeBIVeBU7ojN/SxDfALUd7iVYOSeEK3gZaqR2MGOysj4Zh2xj2RY5fQAUT+Oqq7hWTraMA==",
)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    with tarfile.open(PACKAGE.fetched()) as archive:
        text = archive.extractfile("package/schema.graphql")
        assert text is not None
        return build_schema(text.read().decode(), assume_valid=True)


@pytest.mark.parametrize("document", [EDITED, READY])
def test_a_document_is_valid(schema: GraphQLSchema, document: str) -> None:
    assert validate(schema, parse(document)) == []


def test_a_document_that_asks_for_what_is_not_there_is_not(schema: GraphQLSchema) -> None:
    assert validate(schema, parse(EDITED.replace("lastEditedAt", "lastEdited")))
