"""One person, one account."""

import pytest

from guiju.kernel.actor import system
from guiju.modules.identity import service as identity
from guiju.modules.identity.types import AccountExistsError
from tests.support.world import World


def test_a_person_has_one_account_only(world: World) -> None:
    person = world.person("张三")
    before = world.entries()
    with pytest.raises(AccountExistsError):
        world.write(
            lambda tx: identity.request_account(
                tx, system("test"), person.person_id, login="another"
            )
        )
    assert world.entries() == before
