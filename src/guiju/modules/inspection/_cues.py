"""Words before a number that say what it is, or that it is something else.

All of them are matched against folded text, at the end of what stands before the number.
"""

import re
from collections.abc import Callable

from guiju.modules.inspection._glances import teller_of

# How far a cue reaches: the word, a colon or 是, and some signs.
REACH = 24
_LINK = r"(?:号码|号|碼|码|字号)?(?:[^0-9a-z]{0,6}|\s*(?:no|number|num|nr|is)?[.:#\s]{0,4})$"

# What makes a number another one stands right before it: a customer of an order has a phone.
_TIGHT = r"(?:号码|编号|号|码|id|no|number|num)?[\s.:#=是为第]{0,4}$"
_ZERO, _NINE, _A, _Z, _HAN = 0x30, 0x39, 0x61, 0x7A, 0x3400


def _before(chinese: str, latin: str, link: str) -> Callable[[str], bool]:
    """Tells whether a text ends with one of these words and `link`.

    Chinese words by themselves, for `re` then looks for their first characters alone; the others only where there are
    letters.
    """
    in_chinese = re.compile(f"(?:{chinese}){link}").search
    in_latin = re.compile(rf"(?<![a-z])(?:{latin}){link}").search

    def tell(before: str) -> bool:
        # No cue has a digit in it, and in lists the number before stands there.
        at = len(before)
        has_han = has_latin = False
        while at > 0:
            code = ord(before[at - 1])
            if code >= _HAN:
                has_han = True
            elif code >= _A:
                has_latin = has_latin or code <= _Z
            elif _ZERO <= code <= _NINE:
                break
            at -= 1
        if not has_han and not has_latin:
            return False
        near = before[at:]
        return (has_han and in_chinese(near) is not None) or (
            has_latin and in_latin(near) is not None
        )

    return tell


_OTHER_WORDS = (
    "单号|编号|序号|流水|序列|订单|工号|批次|批号|货号|料号|物料|料件|型号|票号|运单|快递|物流|资产|工单|编码|条码|条形码"
    "|合同|案号|文号|版本|凭证|发票|设备|代码|交易|任务|累计|预算|金额|访问|总计"
)
_OTHER_LATIN = "sku|sn|s/n|imei|uid|order|tracking|ref|reference|invoice|serial|ticket|ssn|social security|build|version|isbn|batch|lot"
_PHONE_CHINESE = "电话|手机|联系|联络|致电|拨打|拨|请打|打给|呼叫|传真|座机|热线|号码|短信|微信|加我|机号|专线|分机|行动|手提[: ]|来电|本人"
_PHONE_LATIN = "tel|telephone|phone|mobile|cell|call|whatsapp|wechat|line|fax|signal|telegram|contact|text|txt|sms|dial"
_BANKS = "|".join(f"{bank}行" for bank in ("广发", "平安", "中信", *"工建农中招交光民兴浦邮银"))
_CARD_CHINESE = f"卡|{_BANKS}|开户行|账号|帐号|账户|帐户|户口|收款|打款|转账|汇款"
_CARD_LATIN = "card|account|acct|a/c|iban|visa|mastercard|amex|unionpay"
_ID_CHINESE = "身份证|身分证|证件|证号|居民证|统一证|统一编|居留证|外侨证|户籍|身份"
_ID_LATIN = "id|id card|identity|hkid|arc"
_is_id = _before(_ID_CHINESE, _ID_LATIN, _LINK)
_ID_AFTER = re.compile(
    r"^[^0-9a-z]{0,3}(?:[是为])?(?:[我他她]的?|本人|客户)?(?:[一-龥]{0,2})(?:证|身份)"
)
_PASSPORT_CHINESE, _PASSPORT_LATIN = (
    "护照|通行证|台胞证|旅行证|回乡证|证件",
    "passport|travel document",
)
_PASSPORT = re.compile(f"(?:{_PASSPORT_CHINESE}|(?<![a-z])(?:{_PASSPORT_LATIN})){_LINK}")
_PASSPORT_AFTER = re.compile(
    r"^[^0-9a-z]{0,3}[是为]?(?:[我他她]的?|本人|客户)?[一-龥]{0,2}(?:护照|通行证)"
)

# Whether a text has such a word at all, which most have not: then nothing has to be looked at that needs one.
PHONE_IN_TEXT = teller_of(f"{_PHONE_CHINESE}|(?:^|[^a-z])(?:{_PHONE_LATIN})")
CARD_IN_TEXT = teller_of(f"{_CARD_CHINESE}|(?:^|[^a-z])(?:{_CARD_LATIN})")
ID_IN_TEXT = teller_of(f"{_ID_CHINESE}|(?:^|[^a-z])(?:{_ID_LATIN})|证|身份")
PASSPORT_IN_TEXT = teller_of(f"{_PASSPORT_CHINESE}|(?:^|[^a-z])(?:{_PASSPORT_LATIN})")


is_other = _before(_OTHER_WORDS, _OTHER_LATIN, _TIGHT)
"""An order, a serial number, an amount: no number of a person."""
is_phone = _before(_PHONE_CHINESE, _PHONE_LATIN, _LINK)
"""A phone number follows."""
is_card = _before(_CARD_CHINESE, _CARD_LATIN, _LINK)
"""The number of a card or an account follows."""


def is_id(before: str, after: str = "") -> bool:
    """The number of an identity card stands between these texts."""
    return _is_id(before) or _ID_AFTER.search(after) is not None


def is_passport(before: str, after: str) -> bool:
    """The number of a passport or travel permit stands between these texts."""
    return _PASSPORT.search(before) is not None or _PASSPORT_AFTER.search(after) is not None
