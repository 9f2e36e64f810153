"""Personal fields: sealing for their place, finding without showing, masking for the screen."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from citizen_app.identity.names import letters_of
from citizen_app.secrecy.vault import current_vault
from citizen_app.text import Text

HOME_REGION: Final = "CN"
MOST_STARS: Final = 4
MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


WRITE_IT_AS: Final = Text("请写成 13800138000 或 +8613800138000", "write it as 13800138000 or +8613800138000")
NOT_A_PHONE: Final = Text("不是电话号码；{form}", "not a phone number; {form}").fill(form=WRITE_IT_AS)
NOT_A_MOBILE: Final = Text("不是手机号；{form}", "not a mobile phone number; {form}").fill(form=WRITE_IT_AS)


class PhoneRefused(ValueError):
    """The text is not a mobile phone number; `words` say so to people."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


def normalised_phone(text: str) -> str:
    """A mobile number in E.164, for example `+8613800138000`; a number without country code is Chinese.

    Raises `PhoneRefused`. Where a country does not tell mobile from fixed numbers, the number is taken.
    """
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise PhoneRefused(NOT_A_PHONE) from error
    if number.extension or not phonenumbers.is_valid_number(number):
        raise PhoneRefused(NOT_A_PHONE)
    if phonenumbers.number_type(number) not in MOBILE:
        raise PhoneRefused(NOT_A_MOBILE)
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def region_of(phone: str) -> str | None:
    """The region (ISO 3166) of a number in E.164, such as CN; None for numbers of no region."""
    region: str | None = phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    return region


def named_regions(regions: Collection[str]) -> str:
    """Regions with the code by which one calls them, for people: `CN +86, HK +852`."""
    return ", ".join(
        f"{region} +{phonenumbers.country_code_for_region(region)}" for region in sorted(regions)
    )


def phone_index(phone: str) -> bytes:
    """The blind index of a phone in E.164 (32 bytes)."""
    return current_vault().blind_index("phone", phone)


def name_index(name: str) -> bytes | None:
    """The blind index of a whole name (32 bytes), the same for every way of writing it; None for what is no
    name."""
    letters = letters_of(name)
    return current_vault().blind_index("name", letters) if letters else None


def unseal(citizen_id: str, column: str, sealed: bytes) -> str:
    """Decrypt a field of `citizens`. Raises `SealBroken` if it comes from another row or column, or was
    changed."""
    return current_vault().unseal(sealed, f"citizens.{column}.{citizen_id}").decode()


def masked_name(name: str) -> str:
    """张三 as `张*`, 张小三 as `张*三` (GB/T 35273 §7.2: show no more than is needed)."""
    if len(name) <= 2:
        return f"{name[:-1]}*"
    return f"{name[0]}{'*' * min(len(name) - 2, MOST_STARS)}{name[-1]}"


def masked_phone(phone: str) -> str:
    """`+8613800131234` as `138****1234`; foreign numbers keep their country code."""
    number = phonenumbers.parse(phone, HOME_REGION)
    national = str(number.national_number)
    if number.country_code == phonenumbers.country_code_for_region(HOME_REGION):
        return f"{national[:3]}****{national[-4:]}"
    return f"+{number.country_code}****{national[-3:]}"


def masked_ending(id_number: str) -> str:
    """`****1234` for those who only need to tell two people of a list apart; of up to eight characters none
    is shown."""
    return "****" + (id_number[-4:] if len(id_number) > 8 else "")


def masked_id_number(id_number: str) -> str:
    """`110***********1234`: the first three and last four of 18; of other lengths only the last four."""
    if len(id_number) == 18:
        return f"{id_number[:3]}{'*' * 11}{id_number[-4:]}"
    return "*" * max(len(id_number) - 4, 4) + id_number[-4:] if len(id_number) > 8 else "*" * 8
