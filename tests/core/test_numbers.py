"""Numbers as people say them."""

import pytest

from agentbot.core.numerals import digit_string, quantity, readings
from agentbot.core.values.digits import digits_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("七", 7), ("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("一百零五", 105), ("三百五", 350),
        ("一千二百零三", 1203), ("两千", 2000), ("一万三", 13000), ("15", 15), ("俩", 2), ("仨", 3),
    ],
)  # fmt: skip
def test_quantities(text, number):
    assert number == quantity(text)


@pytest.mark.parametrize("text", ["一二", "楼", "十楼"])
def test_what_is_no_quantity(text):
    assert quantity(text) is None


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("十二", "12"), ("一二", "12"), ("幺二", "12"), ("一千二百零三", "1203"), ("十二零三", "1203"),
        ("幺二洞三", "1203"), ("一二零三", "1203"), ("五百零三", "503"), ("五零三", "503"), ("拐勾", "79"),
    ],
)  # fmt: skip
def test_any_reading_of_a_number_is_one_number(text, figures):
    assert figures == readings(text)


def test_digit_by_digit_needs_digits_only():
    assert digit_string("幺洞拐勾") == "1079"
    assert digit_string("十二") is None
    assert digit_string("") is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("我的电话是一三五二二八八六六四七", "13522886647"),
        ("幺三五，二二八，八六六，四七", "13522886647"),
        ("幺三九三个八零零七二五", "13988800725"),
        ("一三五呃二二八八嗯六六四七", "13522886647"),
        ("要三五二二八八六六四七", "13522886647"),
        ("幺三由二二八八六六四七", "13122886647"),
        ("3号楼2单元401", ""),
        ("住了二十年，三个孩子", ""),
    ],
)
def test_digits_of_a_telephone_number(text, digits):
    assert digits == digits_of(text)
