"""The connection of the write lane."""

from sqlalchemy import Connection, Engine


class Writer:
    """One connection whose transactions begin and end with the driver's own statements.

    The toolkit's way of doing so costs as much CPU as two messages, for every commit of the write lane.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def open(self) -> Connection:
        """The connection, outside a transaction."""
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(
                isolation_level="AUTOCOMMIT", own_transactions=True
            )
        return self._connection

    def fence(self) -> bool:
        """Whether the server has done with every connection that was dropped: nothing of them is committed any more.

        It is told to end those whose client it does not know to be gone. Raises the driver's errors.
        """
        if self._engine.dialect.name == "sqlite":
            return True
        ending = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND application_name = current_setting('application_name')"
        )
        return self.open().exec_driver_sql(ending).scalar() == 0

    def close(self) -> None:
        """Drop the connection with whatever it had not committed; `open` makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
