"""What Datadog's own client makes of a file: https://github.com/DataDog/datadog-api-client-python."""

import json
from collections.abc import Iterator
from typing import Any

from datadog_api_client import Configuration
from datadog_api_client.model_utils import (
    OpenApiModel,
    UnparsedObject,
    model_to_dict,
    validate_and_convert_types,
)

Json = dict[str, Any]


def read(value: Json, model: type[OpenApiModel]) -> OpenApiModel:
    """Return a value as the client reads it from the API; raises the client's errors where it cannot."""
    read_from = json.loads(json.dumps(value))
    found = validate_and_convert_types(
        read_from,
        (model,),
        ["file"],
        spec_property_naming=True,
        check_type=True,
        configuration=Configuration(),
    )
    assert isinstance(found, model)
    return found


def written(model: OpenApiModel) -> Json:
    """Return what the client would send."""
    value: Json = json.loads(json.dumps(model_to_dict(model)))
    return value


def unknown(value: object, path: str = "") -> Iterator[str]:
    """Yield where the client found something that it has no model or no field for."""
    if isinstance(value, UnparsedObject) or getattr(value, "_unparsed", False):
        yield f"{path}: unparsed"
    elif isinstance(value, OpenApiModel):
        yield from _unknown_fields(value, path)
    elif isinstance(value, list):
        yield from (found for at, item in enumerate(value) for found in unknown(item, f"{path}[{at}]"))
    elif isinstance(value, dict):
        yield from (found for key, item in value.items() for found in unknown(item, f"{path}.{key}"))


def _unknown_fields(model: OpenApiModel, path: str) -> Iterator[str]:
    """Yield the same for a model: its fields, and the model that was chosen for it among several."""
    for key, item in model._data_store.items():
        if not model._composed_schemas and key not in model.openapi_types:
            yield f"{path}.{key}: no such field"
        yield from unknown(item, f"{path}.{key}")
    for chosen in getattr(model, "_composed_instances", None) or []:
        yield from unknown(chosen, path)
