"""The operations of this module; it offers no controls, since a flow carries out the control of
what it decides.
"""

from guiju.modules.policy.types import Control, Operation

CONTROLS: tuple[Control, ...] = ()
OPERATIONS = (
    # What an applicant does, and what timers do for them; whose request it is, the verbs decide.
    Operation("approvals.open", everyone=True, system=True),
    # The seat decides who may.
    Operation("approvals.decide", everyone=True),
    Operation("approvals.read_all", roles=frozenset({"registrar", "audit_admin"})),
)
