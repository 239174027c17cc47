"""People are found by how their names are typed: in pinyin, by first letters, whatever the script; also those from before."""

import pytest
from sqlalchemy import text

from guiju import spelling
from guiju.kernel.actor import Actor
from guiju.modules.directory import service as directory
from guiju.modules.inspection.service import sounds, spellings
from tests.support.office import Office
from tests.support.world import World


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("王海涛", {"wanghaitao", "wht", "haitao", "ht"}),
        ("張偉", {"zhangwei", "zw", "wei", "w"}),
        ("单田", {"shantian", "dantian", "st", "dt"}),
        ("阿卜杜热合曼·买买提依明", {"abudurehemanmaimaitiyiming", "abdrhmmmtym"}),
        ("A组李工", {"azuligong", "azlg"}),
        ("Ann Lee", set()),
        ("", set()),
    ],
)
def test_how_a_name_is_spelled(name: str, words: set[str]) -> None:
    assert words <= set(spellings(name)) and bool(words) == bool(spellings(name))
    assert len(spellings(name)) <= 32 and all(len(word) <= 80 for word in spellings(name))


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("王海涛", "wang hai tao"),
        ("总装一车间", "zong zhuang yi che jian"),
        ("A组", "a zu"),
        ("单田", "shan/dan tian"),
        ("二号线 5S 改善", "er hao xian 5 s gai shan"),
        ("Ann Lee", ""),
    ],
)
def test_how_a_name_sounds(name: str, heard: str) -> None:
    assert sounds(name) == heard


def names(office: Office, words: str) -> list[str]:
    def look(world: World, who: Actor) -> list[str]:
        page = world.read(lambda tx: directory.find_people(tx, who, words=words, limit=50))
        return sorted(person.name for person in page.items)

    return look(office.world, office.member)


def test_people_are_found_by_it_and_by_a_new_name_only_by_that(office: Office) -> None:
    who = office.world.person("王海涛")
    for words in ("wang hai", "WHT", "haitao", "王海"):
        assert names(office, words) == ["王海涛"]
    assert names(office, "aitao") == [], "from the beginning of a character on"
    clerk = office.world.person("人事", "hr")
    office.world.write(lambda tx: directory.change_person(tx, clerk, who.person_id, name="李海涛"))
    assert names(office, "lihait") == ["李海涛"] and names(office, "wanghai") == []


def test_a_joiner_in_a_name_is_typed_or_not(office: Office) -> None:
    office.world.person("علی نرم\u200cافزار")
    for words in ("نرم\u200cافزار", "نرمافزار"):
        assert names(office, words) == ["علی نرم\u200cافزار"]


def test_those_from_before_are_spelled_at_the_next_start(office: Office) -> None:
    office.world.person("王海涛")
    with office.world.runtime.database.write() as connection:
        connection.execute(text("DELETE FROM directory_spelling"))
    assert names(office, "wht") == []
    spelling.fill(office.world.runtime.lane)
    assert names(office, "wht") == ["王海涛"]
