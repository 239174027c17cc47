"""The control and the operations that this module offers to packs."""

from guiju.modules.directory.types import RealNameParams
from guiju.modules.policy.types import Control, ControlKind, Operation

CONTROLS = (
    Control(
        "directory.real_name",
        ControlKind.PREVENT,
        {"zh": "实名来自档案，本人不得改动", "en": "Real names from the record, never by oneself"},
        {
            "zh": "姓名只由人事部门按核验过的档案维护，本人不能修改自己的记录；试图修改的，记入账本。",
            "en": "Only HR keeps names, from the verified record; nobody edits their own, and an attempt is recorded.",
        },
        RealNameParams,
        rows=("ACC-01",),
    ),
)

OPERATIONS = (
    Operation("directory.read", everyone=True, system=True),
    Operation("directory.edit", roles=frozenset({"hr"}), system=True),
    Operation("directory.units", roles=frozenset({"hr"}), system=True),
    Operation("directory.roles", roles=frozenset({"security_admin"}), system=True),
    Operation("directory.import", roles=frozenset({"hr"}), system=True),
    # One's own deputy anybody names; HR names those of others, who may be away before they could.
    Operation("directory.own_deputy", everyone=True),
    Operation("directory.deputies", roles=frozenset({"hr"}), system=True),
    # The organisation is named once, when it is set up; there is no screen for it.
    Operation("directory.name", system=True),
)
