"""GitHub's own description of its REST API (npm package `@octokit/openapi`), to hold requests and answers against.

The package unpacks to 400 MB; of it, only the operations below are kept, in `.cache/`.
"""

from __future__ import annotations

import json
import re
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.support.npm_package import CACHE, NpmPackage, PackageMissing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PACKAGE = NpmPackage(
    "@octokit/openapi@23.0.2",
    "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
)
_MEMBER = "package/generated/api.github.com.json"
_KEPT = re.compile(
    r"/(app|user|app/installations/.*|repos/\{owner\}/\{repo\}(/(installation|collaborators|issues|labels|pulls|git)\b.*)?)"
)
_CACHED = CACHE / f"octokit-openapi-23.0.2-{zlib.crc32(_KEPT.pattern.encode()):08x}.json"
"""Named for what is kept, so that it is made anew when that changes."""
_URN = "urn:github"
_METHODS = {"get", "post", "put", "patch", "delete"}
Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation of the description: where it stands in it, and the values of the path's parameters."""

    method: str
    template: str
    described: Json
    arguments: Mapping[str, str]


class Description:
    """Finds operations, and says what is wrong with requests and answers; an empty list is well."""

    def __init__(self, document: Json) -> None:
        self._document = document
        resource = DRAFT202012.create_resource(document)
        self._registry: Registry[Any] = Registry().with_resource(_URN, resource)
        self._validators: dict[str, Draft202012Validator] = {}
        self._paths = sorted(
            ((self._pattern(template), template) for template in document["paths"]), key=lambda pair: "{" in pair[1]
        )

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation that a request is; the path begins with a slash, and is still quoted."""
        for pattern, template in self._paths:
            found = pattern.fullmatch(path)
            described = self._document["paths"][template].get(method.lower()) if found else None
            if found and described:
                arguments = {name: unquote(value) for name, value in found.groupdict().items()}
                return Operation(method.lower(), template, described, arguments)
        return None

    def has_pages(self, operation: Operation) -> bool:
        """Whether a list is given in pages."""
        return any(self._resolved(each)["name"] == "per_page" for each in operation.described.get("parameters", []))

    def request_problems(self, operation: Operation, query: Mapping[str, str], body: object | None) -> list[str]:
        """What is wrong with a request: also a parameter or a property that the description does not know."""
        parameters = [self._resolved(each) for each in operation.described.get("parameters", [])]
        by_name = {each["name"]: each for each in parameters}
        values = {**operation.arguments, **query}
        problems = [f"unknown parameter {name!r}" for name in values if name not in by_name]
        problems += [f"missing parameter {name!r}" for name, each in by_name.items() if _is_missing(each, values)]
        for name, value in values.items():
            if name in by_name:
                problems += self._parameter_problems(by_name[name], value)
        return problems + self._body_problems(operation, body)

    def response_problems(self, operation: Operation, status: int, body: object | None) -> list[str]:
        """What is wrong with an answer."""
        described = operation.described["responses"].get(str(status))
        if described is None:
            return [f"{operation.method} {operation.template} does not answer {status}"]
        pointer = f"{self._pointer(operation)}/responses/{status}"
        if "$ref" in described:
            pointer, described = described["$ref"].removeprefix("#"), self._resolved(described)
        if "application/json" not in described.get("content", {}):
            return [] if body is None else [f"{status} has no body"]
        return self._problems(f"{pointer}/content/application~1json/schema", body)

    def example(self, operation: Operation, status: int) -> Any:
        """The description's own example of an answer; of a list, its first item."""
        content = self._resolved(operation.described["responses"][str(status)])["content"]["application/json"]
        value: Any = self._resolved(next(iter(content["examples"].values())))
        while isinstance(value, dict) and ("value" in value or "$ref" in value):
            value = self._resolved(value).get("value", value) if "value" in value else self._resolved(value)
        return value[0] if isinstance(value, list) else value

    # -- Inside ------------------------------------------------------------------------------------

    def _pattern(self, template: str) -> re.Pattern[str]:
        many = self._multi_segment(template)
        parts = re.split(r"\{(\w+)\}", template)
        return re.compile(
            "".join(
                re.escape(part) if index % 2 == 0 else f"(?P<{part}>{'.*' if part in many else '[^/]+'})"
                for index, part in enumerate(parts)
            )
        )

    def _multi_segment(self, template: str) -> set[str]:
        """The parameters whose value may have slashes in it."""
        operations = [each for name, each in self._document["paths"][template].items() if name in _METHODS]
        parameters = [self._resolved(each) for operation in operations for each in operation.get("parameters", [])]
        return {each["name"] for each in parameters if each.get("x-multi-segment")}

    def _resolved(self, value: Json) -> Json:
        while "$ref" in value:
            target: Any = self._document
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            value = target
        return value

    def _pointer(self, operation: Operation) -> str:
        return f"/paths/{operation.template.replace('/', '~1')}/{operation.method}"

    def _parameter_problems(self, parameter: Json, value: str) -> list[str]:
        schema = self._resolved(parameter["schema"])
        typed: object = value
        if schema.get("type") == "integer":
            typed = int(value) if value.removeprefix("-").isdecimal() else value
        elif schema.get("type") == "boolean":
            typed = {"true": True, "false": False}.get(value, value)
        errors = Draft202012Validator(schema, registry=self._registry).iter_errors(typed)
        return [f"parameter {parameter['name']!r}: {error.message}" for error in errors]

    def _body_problems(self, operation: Operation, body: object | None) -> list[str]:
        described = operation.described.get("requestBody")
        if described is None:
            return [] if body is None else ["there is no body in the description"]
        schema = self._resolved(described)["content"]["application/json"]["schema"]
        unknown = [f"unknown property {name!r}" for name in self._unknown(schema, body)]
        return unknown + self._problems(
            f"{self._pointer(operation)}/requestBody/content/application~1json/schema", body
        )

    def _unknown(self, schema: Json, value: object, place: str = "") -> Iterable[str]:
        """The properties, at any depth, that no alternative of the schema names."""
        alternatives = list(self._alternatives(schema))
        if isinstance(value, dict):
            for name, inner in value.items():
                named = [each["properties"][name] for each in alternatives if name in each.get("properties", {})]
                if not named and not any(each.get("additionalProperties") for each in alternatives):
                    yield f"{place}{name}"
                for each in named[:1]:
                    yield from self._unknown(each, inner, f"{place}{name}.")
        elif isinstance(value, list):
            for inner in value:
                for each in [each["items"] for each in alternatives if "items" in each][:1]:
                    yield from self._unknown(each, inner, f"{place.rstrip('.')}[].")

    def _alternatives(self, schema: Json) -> Iterable[Json]:
        schema = self._resolved(schema)
        yield schema
        for word in ("oneOf", "anyOf", "allOf"):
            for each in schema.get(word, []):
                yield from self._alternatives(each)

    def _problems(self, pointer: str, value: object) -> list[str]:
        if pointer not in self._validators:
            schema = {"$ref": f"{_URN}#{pointer.replace('{', '%7B').replace('}', '%7D')}"}
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry)
        errors = self._validators[pointer].iter_errors(value)
        return [f"{error.json_path}: {error.message[:200]}" for error in errors]


def _is_missing(parameter: Json, values: Mapping[str, str]) -> bool:
    return bool(parameter.get("required")) and parameter["in"] in {"path", "query"} and parameter["name"] not in values


@cache
def description() -> Description:
    """The description; raises `PackageMissing` when it is neither in the cache nor to be fetched."""
    if not _CACHED.exists():
        _keep()
    return Description(json.loads(_CACHED.read_bytes()))


def _keep() -> None:
    """Fetch the package, and keep what is used of it."""
    with PACKAGE.fetched_for_once() as tarball, tarfile.open(tarball) as archive:
        member = archive.extractfile(_MEMBER)
        if member is None:
            message = f"{_MEMBER} is not in {PACKAGE.spec}"
            raise PackageMissing(message)
        document = json.load(member)
    paths = {path: described for path, described in document["paths"].items() if _KEPT.fullmatch(path)}
    kept = _with_nulls({"paths": paths, "components": _needed(document, paths)})
    with tempfile.NamedTemporaryFile("w", dir=CACHE, delete=False) as file:
        json.dump(kept, file)
    Path(file.name).replace(_CACHED)


def _needed(document: Json, paths: Json) -> Json:
    """The components that the paths lead to."""
    needed: Json = {}
    waiting = list(_references(paths))
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name not in needed.setdefault(kind, {}):
            needed[kind][name] = document["components"][kind][name]
            waiting += _references(needed[kind][name])
    return needed


def _references(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _with_nulls(value: Any) -> Any:
    """OpenAPI 3.0 writes `nullable` where JSON Schema writes one more type."""
    if isinstance(value, list):
        return [_with_nulls(each) for each in value]
    if not isinstance(value, dict):
        return value
    schema = {name: _with_nulls(each) for name, each in value.items()}
    if schema.pop("nullable", None) is not True:
        return schema
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    for word in ("oneOf", "anyOf"):
        if word in schema:
            schema[word] = [*schema[word], {"type": "null"}]
    return {"anyOf": [schema, {"type": "null"}]} if "allOf" in schema else schema
