"""Texts compared as they sound over a telephone."""

import pytest

from agentbot.core.phonetic import find, likeness, sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("知道", "资道"),
        ("刘明", "牛明"),
        ("林", "灵"),
        ("发票", "花票"),
        ("地址", "地纸"),
        ("三单元", "三单园"),
    ],
)
def test_what_callers_and_recognisers_confuse_sounds_alike(one, other):
    assert likeness(sound(one), sound(other)) > 0.7


@pytest.mark.parametrize(("one", "other"), [("地址", "电话"), ("姓名", "号码"), ("漏水", "不热")])
def test_other_words_do_not(one, other):
    assert likeness(sound(one), sound(other)) < 0.5


def test_the_place_of_a_cue_in_speech():
    found = find(sound("您贵姓"), sound("好的请问您贵姓啊"))

    assert (found.start, found.end, found.likeness) == (4, 7, 1.0)


def test_below_the_least_likeness_nothing_is_found():
    assert find(sound("您贵姓"), sound("暖气不热"), least=0.9) is None
    assert find(sound("请问您的具体地址"), sound("地址"), least=0.9) is None


def test_figures_sound_as_they_are_read():
    assert sound("3号楼").code == sound("三号楼").code
