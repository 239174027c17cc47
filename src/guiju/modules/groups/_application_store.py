"""Applications as they are found again; `_store.apply` writes them."""

from typing import Any

from sqlalchemy import Select, select

from guiju.kernel.db import ReadTx
from guiju.kernel.ids import PersonId
from guiju.kernel.shapes import decode
from guiju.modules.groups._store import application_table, group_table
from guiju.modules.groups.types import (
    Application,
    ApplicationId,
    ApplicationInput,
    ApplicationState,
)


def find_application(tx: ReadTx, application: str) -> Application | None:
    row = tx.first(_applications().where(application_table.c.id == application))
    return _to_application(row) if row is not None else None


def find_application_of(tx: ReadTx, request: str) -> Application | None:
    row = tx.first(_applications().where(application_table.c.request == request))
    return _to_application(row) if row is not None else None


def applications_of(tx: ReadTx, applicant: PersonId) -> list[Application]:
    statement = (
        _applications()
        .where(application_table.c.applicant == applicant)
        .order_by(application_table.c.applied_at.desc())
    )
    return [_to_application(row) for row in tx.all(statement)]


def _applications() -> Select[Any]:
    return select(application_table, group_table.c.filing_number).outerjoin(
        group_table, group_table.c.id == application_table.c.grp
    )


def _to_application(row: Any) -> Application:
    stated = decode(row.stated, ApplicationInput)
    return Application(
        ApplicationId(row.id), row.applicant, row.unit, row.applied_at, ApplicationState(row.state), row.request,
        row.grp, row.filing_number, stated,
    )  # fmt: skip
