"""People from outside the organisation: the groups that they are in say so, to everybody and at once."""

import json
from typing import Any

import pytest

from guiju.kernel.actor import Actor
from guiju.kernel.db import EntryQuery, ReadTx
from guiju.kernel.ids import GroupId
from guiju.kernel.live import items_for
from guiju.modules.directory import service as directory
from guiju.modules.groups import _shape, cards, direct, roster
from guiju.modules.groups import service as groups
from guiju.modules.messaging import _shape as messaging_shape
from guiju.modules.messaging import service as messaging
from guiju.modules.policy import service as policy
from guiju.runtime import ROUTERS
from guiju.setup import SYSTEM
from tests.support.office import Office
from tests.support.roster import admit, remove

pytestmark = pytest.mark.timeout(60)


def marked(office: Office, actor: Actor, group: GroupId) -> bool:
    """Whether the group is marked in every list that shows it to the actor."""

    def take(tx: ReadTx) -> set[bool]:
        view, found = office.world.runtime.new_view(tx), groups.find_group(tx, group)
        assert found is not None
        rows = messaging_shape.conversations(view, messaging.list_conversations(tx, actor))
        shown = {bool(row["group"]["outside"]) for row in rows if row["group"]["id"] == group}
        shown.add(cards.card_for(tx, found, actor)["outside"])
        if not found.filing_number:
            return shown
        return shown | {_shape.register_row(tx, found, actor)["outside"]}

    (one,) = office.world.read(take)
    return bool(one)


def told(office: Office, actor: Actor, since: int) -> list[dict[str, Any]]:
    """The items that the actor gets who was away since then."""

    def take(tx: ReadTx) -> list[dict[str, Any]]:
        view = office.world.runtime.new_view(tx)
        entries = tx.entries(EntryQuery(after=since, limit=100))
        roles, places = policy.roles_of(tx, actor), messaging.present_groups(tx, actor)
        return items_for(ROUTERS, view, entries, actor.person_id, roles, places)

    found: list[dict[str, Any]] = json.loads(json.dumps(office.world.read(take)))
    return found


def position(office: Office) -> int:
    return office.world.read(lambda tx: tx.position)


def test_a_group_is_marked_while_somebody_from_outside_is_in_it(office: Office) -> None:
    world, group, guest = office.world, office.group(), office.world.guest("周来访")
    assert not marked(office, office.member, group)
    since = position(office)
    world.write(admit(office.owner, group, guest))
    assert marked(office, office.member, group) and marked(office, office.owner, group)
    assert told(office, office.member, since)[-1]["card"]["outside"] is True
    since = position(office)
    world.write(remove(office.owner, group, guest))
    assert not marked(office, office.member, group)
    assert told(office, office.member, since)[-1]["card"]["outside"] is False


def test_who_joins_the_organisation_is_from_outside_no_more(office: Office) -> None:
    world, group, guest = office.world, office.group(), office.world.guest("周来访")
    world.write(admit(office.owner, group, guest))
    since = position(office)

    def join(tx: Any) -> None:
        directory.change_person(tx, SYSTEM, guest.person_id, unit=world.unit, post="钳工")

    world.write(join)
    (item,) = told(office, office.member, since)
    assert item["kind"] == "groups.roster_changed"
    assert [(card["id"], card["outside"]) for card in item["cards"]] == [(group, False)]
    assert not marked(office, office.member, group)
    assert told(office, office.outsider, since) == [], "nobody else hears of it"
    since = position(office)
    other = world.add_unit("涂装部")
    world.write(lambda tx: directory.change_person(tx, SYSTEM, guest.person_id, unit=other))
    assert told(office, office.member, since) == [], "a transfer is none of the groups' business"


def test_a_direct_conversation_is_marked_by_the_other_one(office: Office) -> None:
    world, guest = office.world, office.world.guest("周来访")
    group = office.group()
    world.write(lambda tx: roster.admit(tx, office.owner, group, [guest.person_id]))
    pair = world.write(lambda tx: direct.open_direct(tx, office.member, guest.person_id))
    world.send(office.member, pair, "图纸收到了吗")
    assert marked(office, office.member, pair) and not marked(office, guest, pair)


def test_the_cards_of_all_groups_come_at_once_and_a_new_name_by_itself(office: Office) -> None:
    """An entry brings a client one item: what had the same position would be passed over."""
    world, guest = office.world, office.world.guest("周来访")
    ids = {office.group(), office.group(name="澄远第900号工作群")}
    for group in ids:
        world.write(admit(office.owner, group, guest))
    since, who, unit = position(office), guest.person_id, world.unit
    world.write(lambda tx: directory.change_person(tx, SYSTEM, who, unit=unit, name="周新来"))
    joined, renamed = told(office, office.member, since)
    assert {card["id"] for card in joined["cards"]} == ids
    assert (renamed["kind"], renamed["person"]["name"]) == ("directory.person_changed", "周新来")
    assert joined["position"] < renamed["position"]
