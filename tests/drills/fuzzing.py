"""Texts that are almost codes: genuine ones, changed as attackers and bad cameras change them. Seeded, hence
repeatable."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

import cbor2

from citizen_app.codes import armour
from citizen_app.codes.cose import Sign1
from citizen_app.codes.format import Code, CodeRefused, decode
from citizen_app.codes.reading import check_signatures
from tools.vector_cases import ASKED, device, online, paper, proven, shown
from tools.vector_keys import DEVICE_ES256, KID_ES256, TRUSTED

GENUINE = (
    shown(online()),
    shown(online(), KID_ES256),
    shown(paper()),
    proven(),
    proven(claims=device(key=DEVICE_ES256), by=DEVICE_ES256),
    proven(to=ASKED),
)
RAW = tuple(armour.unarmour(text) for text in GENUINE)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
STRANGE = "\0\n\r\t abcz é码𠀀\ud800\u202e０Ａ\ufeff"
CLAIMS = (1, 3, 4, 6, 7, 8, -1, -65537, "iss", True)
TIMED_EVERY = 50

Decode = Callable[[object], Code]


@dataclass
class Findings:
    """The result of a run. `crashed`: an exception that is no refusal; `accepted`: signatures are valid
    although nobody issued this code out; `ambiguous`: another text of the same code. `micro_seconds` are
    times of some refusals."""

    inputs: int = 0
    decoded: int = 0
    crashed: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    micro_seconds: list[float] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Whatever must not be."""
        return [*self.crashed, *self.accepted, *self.ambiguous]


def fuzz(seed: int, inputs: int, decode: Decode = decode) -> Findings:
    """Give a decoder so many inputs."""
    found, texts = Findings(), almost_codes(Random(seed))
    for number in range(inputs):
        text = next(texts)
        began = time.thread_time_ns() if number % TIMED_EVERY == 0 else 0
        try:
            code = decode(text)
        except CodeRefused as refused:
            if refused.reason != "malformed":
                found.crashed.append(f"{refused.reason} {text!r}")
        except Exception as failure:
            found.crashed.append(f"{type(failure).__name__} {text!r}")
        else:
            found.decoded += 1
            _judge(code, text, found)
        if began:
            found.micro_seconds.append((time.thread_time_ns() - began) / 1000)
    found.inputs = inputs
    return found


def _judge(code: Code, text: object, found: Findings) -> None:
    signed = code.proof.signed if code.proof else code.credential.signed
    if armour.armour(signed.encode()) != text:
        found.ambiguous.append(repr(text))
    if text in GENUINE:
        return
    try:
        check_signatures(code, TRUSTED)
    except CodeRefused:
        return
    found.accepted.append(repr(text))


def almost_codes(random: Random) -> Iterator[object]:
    """Without end."""
    kinds = (_bytes_changed, _bytes_changed, _bytes_changed, _text_changed, _cbor_made, _noise, _spliced)
    while True:
        yield random.choice(kinds)(random)


def _bytes_changed(random: Random) -> str:
    raw = bytearray(random.choice(RAW))
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        place = random.randrange(len(raw))
        match random.randrange(6):
            case 0:
                raw[place] ^= 1 << random.randrange(8)
            case 1:
                raw[place] = random.randrange(256)
            case 2:
                raw.insert(
                    place, random.choice((0, 0x18, 0x5B, 0x7F, 0x9F, 0xBF, 0xDB, 0xFB, 0xFF, raw[place]))
                )
            case 3:
                del raw[place : place + random.randrange(1, 9)]
            case 4:
                raw[place:place] = raw[place : place + random.randrange(1, 20)]
            case _:
                raw[place] = (raw[place] + random.choice((-1, 1))) % 256
        if not raw:
            break
    return armour.armour(bytes(raw))


def _text_changed(random: Random) -> str:
    text = random.choice(GENUINE)
    place = random.randrange(len(text))
    match random.randrange(6):
        case 0:
            return text[:place] + random.choice(ALPHABET) + text[place + 1 :]
        case 1:
            return text[:place]
        case 2:
            return text + "".join(random.choices(ALPHABET, k=random.randrange(1, 400)))
        case 3:
            return text[:place] + random.choice(STRANGE) + text[place:]
        case 4:
            return random.choice((text.lower(), text[1:], " " + text, text + "\n", text * 2, text[::-1]))
        case _:
            return text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]


def _cbor_made(random: Random) -> str:
    if random.random() < 0.3:
        return armour.armour(cbor2.dumps(_item(random, 3)))
    base = Sign1.decode(random.choice(RAW))
    claims: dict[object, object] = {
        4: random.getrandbits(32),
        7: random.randbytes(random.choice((8, 16, 17))),
    }
    claims[-65537] = [random.randrange(9), random.getrandbits(random.choice((4, 32, 64)))]
    claims |= {random.choice(CLAIMS): _item(random, 2) for _ in range(random.randrange(3))}
    payload = cbor2.dumps(random.choice((claims, [base.payload, _item(random, 2)], _item(random, 3))))
    return armour.armour(Sign1(base.protected, payload, base.signature).encode())


def _noise(random: Random) -> object:
    match random.randrange(4):
        case 0:
            return armour.armour(random.randbytes(random.randrange(420)))
        case 1:
            return armour.PREFIX + "".join(random.choices(ALPHABET, k=random.randrange(620)))
        case 2:
            return random.randbytes(random.randrange(60))
        case _:
            return "".join(chr(random.randrange(0x300)) for _ in range(random.randrange(40)))


def _spliced(random: Random) -> str:
    one, other = random.choice(RAW), random.choice(RAW)
    cut, end = random.randrange(len(one)), random.randrange(len(other))
    return armour.armour(one[:cut] + other[end:])


def _item(random: Random, depth: int) -> object:
    match random.randrange(8 if depth else 6):
        case 0:
            return random.getrandbits(random.choice((1, 5, 8, 16, 33, 64, 70))) - random.choice((0, 1 << 20))
        case 1:
            return random.randbytes(random.choice((0, 1, 8, 16, 32, 64, 300)))
        case 2:
            return "".join(random.choices(ALPHABET, k=random.randrange(9)))
        case 3:
            return random.choice((True, False, None, 0.0, -0.0, float("nan"), float("inf"), 1.5))
        case 4:
            return cbor2.CBORTag(random.choice((0, 2, 18, 24, 55799)), random.randbytes(4))
        case 5:
            return random.choice(RAW)
        case 6:
            return [_item(random, depth - 1) for _ in range(random.randrange(5))]
        case _:
            return {random.choice(CLAIMS): _item(random, depth - 1) for _ in range(random.randrange(5))}
