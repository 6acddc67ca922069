"""Manifests against the schemas of Kubernetes and of what extends it; what no schema names is refused."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cloudcoil.models.keda.v1alpha1 as keda
import jsonschema
import kubernetes_validate
from pydantic import TypeAdapter
from referencing import Registry, Resource

from tests.support.kubernetes.rendering import called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.kubernetes.rendering import Manifest

_KEDA: dict[str, Any] = {
    "ScaledObject": keda.ScaledObject,
    "ScaledJob": keda.ScaledJob,
    "TriggerAuthentication": keda.TriggerAuthentication,
}
UNKNOWN = frozenset({"RabbitmqCluster", "PodMonitor", "ExternalSecret"})
"""Kinds of optional parts whose schemas are in no package; their references are checked all the same."""


_FOLDER = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
_GROUP = re.compile(r"([^./]+)(?:[.][^/]*)?/(.+)")


def newest_minors(count: int) -> list[str]:
    """The newest versions of Kubernetes whose schemas are at hand, such as 1.37, newest last."""
    found = {tuple(map(int, each.name[1:].split(".")[:2])) for each in _FOLDER.glob("v*-strict")}
    return [f"{major}.{minor}" for major, minor in sorted(found)[-count:]]


def schema_faults(manifests: Sequence[Manifest], minor: str) -> list[str]:
    """What a server of that version would refuse."""
    return [fault for manifest in manifests if (fault := _fault(json.dumps(manifest, sort_keys=True), minor))]


@cache
def _fault(text: str, minor: str) -> str:
    manifest = json.loads(text)
    if manifest["kind"] in UNKNOWN:
        return ""
    if manifest["apiVersion"].startswith("keda.sh/"):
        return _keda_fault(text)
    group = _GROUP.sub(r"\1-\2", manifest["apiVersion"])
    schema = _folder(minor) / f"{manifest['kind'].lower()}-{group}.json"
    if not schema.exists():
        return f"{called(manifest)}: Kubernetes {minor} has no {manifest['apiVersion']}"
    error = jsonschema.exceptions.best_match(_validator(schema).iter_errors(manifest))
    return f"{called(manifest)}: {error.message}" if error else ""


def _folder(minor: str) -> Path:
    """The newest patch's schemas that allow no field that they do not name."""
    return max(_FOLDER.glob(f"v{minor}.*-local-strict"))


@cache
def _validator(schema: Path) -> jsonschema.Draft202012Validator:
    """Read once for all objects of a kind: the package's own function reads a megabyte for each."""
    own = Resource.from_contents(json.loads(schema.read_bytes()))
    return jsonschema.Draft202012Validator(own.contents, registry=_definitions(schema.parent).with_resource("", own))


@cache
def _definitions(folder: Path) -> Registry[Any]:
    resource: Resource[Any] = Resource.from_contents(json.loads((folder / "_definitions.json").read_bytes()))
    registry: Registry[Any] = Registry()
    return resource @ registry


@cache
def _keda_fault(text: str) -> str:
    manifest = json.loads(text)
    try:
        jsonschema.validate(manifest, _closed_schema(manifest["kind"]))
    except jsonschema.ValidationError as error:
        return f"{called(manifest)}: {error.message}"
    return ""


@cache
def _closed_schema(kind: str) -> dict[str, Any]:
    """KEDA's own, but that each object may have those fields alone that it names."""
    schema: dict[str, Any] = TypeAdapter(_KEDA[kind]).json_schema(by_alias=True)
    for definition in [schema, *schema.get("$defs", {}).values()]:
        if "properties" in definition:
            definition.setdefault("additionalProperties", False)
    return schema
