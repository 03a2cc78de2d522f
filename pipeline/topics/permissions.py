"""What principals may do, as the brokers keep it."""

from collections.abc import Sequence
from typing import Any

from kafka.admin import (  # type: ignore[import-untyped] # ships no types
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)

from pipeline.acl_plan import Rule
from pipeline.topics.connected import connected


def allowed(bootstrap: str, **security: Any) -> frozenset[Rule]:
    """
    What principals are allowed, from wherever they connect.

    Raises:
        TopicsError: no broker answers, the cluster keeps no permissions, or this principal may not see them.
    """
    every = ACLFilter(
        None,
        None,
        ACLOperation.ANY,
        ACLPermissionType.ALLOW,
        ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
    )
    with connected(bootstrap, security) as admin:
        found, _ = admin.describe_acls(every)
    return frozenset(_rule(acl) for acl in found)


def allow(bootstrap: str, rules: Sequence[Rule], **security: Any) -> None:
    """
    Allow what rules say; nothing is ever taken away.

    Raises:
        TopicsError: no broker answers, or the brokers refused.
    """
    if not rules:
        return
    with connected(bootstrap, security) as admin:
        for _, error in admin.create_acls([_acl(rule) for rule in rules])["failed"]:
            raise error


def _rule(acl: Any) -> Rule:
    pattern = acl.resource_pattern
    return Rule(
        acl.principal,
        ResourceType(pattern.resource_type).name,
        pattern.resource_name,
        ACLResourcePatternType(pattern.pattern_type).name,
        ACLOperation(acl.operation).name,
    )


def _acl(rule: Rule) -> Any:
    pattern = ResourcePattern(ResourceType[rule.kind], rule.name, ACLResourcePatternType[rule.pattern])
    return ACL(rule.principal, "*", ACLOperation[rule.operation], ACLPermissionType.ALLOW, pattern)
