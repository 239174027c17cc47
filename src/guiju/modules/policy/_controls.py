"""The operations of this module; policy itself offers no controls."""

from guiju.modules.policy.types import Control, Operation

CONTROLS: tuple[Control, ...] = ()
OPERATIONS = (
    Operation("policy.adopt", roles=frozenset({"security_admin"}), system=True),
    Operation("policy.read", everyone=True),
    Operation(
        "policy.evidence",
        roles=frozenset({"registrar", "reviewer", "security_admin", "audit_admin"}),
    ),
)
