"""A Temporal namespace with its search attributes: made once, extended when the application has new ones.

A new cluster has no namespace of its own, not even "default". What is made here is known to every server process only
after its next look into the database (`system.namespaceCacheRefreshInterval`), so nothing here waits for that: the
first completed workflow does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import temporalio.api.enums.v1
import temporalio.api.operatorservice.v1
import temporalio.api.workflowservice.v1
import temporalio.client
from google.protobuf.duration_pb2 import Duration
from temporalio.service import RPCError, RPCStatusCode

from harness.errors import UsageError
from harness.names import nearest_first

RETENTION = timedelta(days=3)
TIMEOUT = timedelta(seconds=10)


async def make_namespace(client: temporalio.client.Client, name: str, search_attributes: Mapping[str, str]) -> None:
    """Register the namespace and its search attributes as far as they are not there yet.

    :raises UsageError: an attribute cannot be had; see ``add_search_attributes``.
    :raises RPCError: the server refused.
    """
    await register_namespace(client, name)
    await add_search_attributes(client, name, search_attributes)


async def register_namespace(client: temporalio.client.Client, name: str) -> None:
    """Register the namespace if it is not there yet.

    :raises RPCError: the server refused.
    """
    request = temporalio.api.workflowservice.v1.RegisterNamespaceRequest(
        namespace=name, workflow_execution_retention_period=Duration(seconds=int(RETENTION.total_seconds()))
    )
    try:
        await client.workflow_service.register_namespace(request, timeout=TIMEOUT)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


async def add_search_attributes(
    client: temporalio.client.Client, name: str, search_attributes: Mapping[str, str]
) -> None:
    """Add the search attributes that the namespace does not have yet.

    :param search_attributes: name → Temporal type ("Keyword", "KeywordList", "Int", ...).
    :raises UsageError: there is no such type, or an attribute is there with another type.
    :raises RPCError: the server refused, for instance because its database has no room for another attribute.
    """
    wanted = {attribute: value_type(kind) for attribute, kind in search_attributes.items()}
    there = await client.operator_service.list_search_attributes(
        temporalio.api.operatorservice.v1.ListSearchAttributesRequest(namespace=name), timeout=TIMEOUT
    )
    missing = missing_attributes(wanted, there.custom_attributes)
    if missing:
        await client.operator_service.add_search_attributes(
            temporalio.api.operatorservice.v1.AddSearchAttributesRequest(namespace=name, search_attributes=missing),
            timeout=TIMEOUT,
        )


def value_type(kind: str) -> temporalio.api.enums.v1.IndexedValueType.ValueType:
    """The protocol's number of a type by its name in the documentation.

    :raises UsageError: no type is called so.
    """
    types = {
        name.removeprefix("INDEXED_VALUE_TYPE_").replace("_", "").lower(): number
        for name, number in temporalio.api.enums.v1.IndexedValueType.items()
        if number
    }
    if not isinstance(kind, str) or kind.lower() not in types:
        known = nearest_first(str(kind).lower(), sorted(types))
        raise UsageError(f"a search attribute cannot be of type {kind!r}; there are {known}")
    return types[kind.lower()]


def missing_attributes(
    wanted: Mapping[str, temporalio.api.enums.v1.IndexedValueType.ValueType],
    there: Mapping[str, temporalio.api.enums.v1.IndexedValueType.ValueType],
) -> dict[str, temporalio.api.enums.v1.IndexedValueType.ValueType]:
    """Which attributes have to be added.

    :raises UsageError: one is there already, with another type.
    """
    names = temporalio.api.enums.v1.IndexedValueType.Name
    for name in wanted.keys() & there.keys():
        if wanted[name] != there[name]:
            raise UsageError(
                f"search attribute {name} is {names(there[name])} in this database, and the application wants "
                f"{names(wanted[name])}; `assay clean` removes the stack's data"
            )
    return {name: kind for name, kind in wanted.items() if name not in there}
