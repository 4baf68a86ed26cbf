"""A root key's fingerprint as sixteen words to be read aloud: fifteen for its first 120 bits, and one that checks them.

    tulip atlas granite river · oboe jelly cactus sugar · …

120 bits, not 56: the card may pass through the hands of somebody who can try 2**56 keys for one that sounds alike. The sixteen
bytes are a multiple of the primitive polynomial x⁸+x⁴+x³+x²+1 over GF(2), so any one wrong word and any two words exchanged
are noticed without comparing. The words are short, and every two differ in three letters and in their first four.
"""

from collections.abc import Sequence
from typing import Final

from openline.errors import Refused

_LIST: Final = """
acorn album alley almond amber anchor angel apple april arrow artist atlas autumn avenue avocado badge
bakery bamboo banana basket beacon beaver bicycle biscuit bishop blossom bonnet bottle bronze brother buffalo butter
cabbage cabin cactus camel candle canyon caravan carpet cashew cedar celery cheese cherry chimney chorus cinema
circle cloud clover cobalt cocoa coffee compass cookie copper cosmos cotton cousin crater cricket crystal curtain
cushion cyclone dahlia daisy dancer delta denim dentist desert diamond doctor dolphin domino donkey dragon eagle
echo eclipse elbow emerald engine estuary evening fabric falcon family farmer feather fiddle finger firefly flute
folder forest fossil freckle fridge galaxy garden garlic gazelle ghost giraffe glacier gondola gorilla granite grape
grocer guitar gymnast halibut hamster handbag harbour harvest helium helmet hexagon hippo horizon hotel iceberg igloo
indigo inkwell insect iris island ivory jaguar jasmine jelly jersey jewel jigsaw journal jukebox jungle juniper
kayak kernel ketchup kingdom kitchen koala ladder lagoon lantern laptop lemon leopard lettuce library lilac linen
lizard lobster luggage lunch magnet magpie mailbox mammoth mango marble meadow meteor mineral mirror mittens mosaic
muffin museum mustard napkin nectar needle nephew neptune nickel nurse nutmeg oasis oatmeal oboe ocean octopus
olive onion opera orange orbit orchid origami oxygen palace panda papaya piano pigeon pillow pirate planet
pocket poem potato prairie puzzle pyramid quartz quilt rabbit raisin ribbon river rubber ruby saturn scarf
school sofa spider spiral statue sugar summer sunset swallow temple topaz tractor trumpet tulip tunnel turtle
unicorn vanilla village violin volcano voyage waffle walnut whale wheel whisper window wolf yacht yogurt zebra
"""
WORDS: Final = tuple(_LIST.split())
WORDS_COUNT: Final = 16
_KEPT_BYTES: Final = WORDS_COUNT - 1
_POLYNOMIAL: Final = 0x1D
_NUMBER: Final = {word: number for number, word in enumerate(WORDS)}

assert len(_NUMBER) == 256


def spoken(fingerprint: str) -> tuple[str, ...]:
    """The words of a fingerprint (64 hexadecimal digits)."""
    kept = bytes.fromhex(fingerprint)[:_KEPT_BYTES]
    return tuple(WORDS[number] for number in (*kept, _remainder(kept + b"\0")))


def heard(words: Sequence[str]) -> str:
    """The 30 hexadecimal digits that words stand for, capitals or not. Raises `Refused` naming the word that is none of ours,

    or saying that the words do not belong together: then one was misheard, or two changed places.
    """
    said = [word.strip().lower() for word in words]
    if len(said) != WORDS_COUNT:
        raise Refused("words", len(said), f"{WORDS_COUNT} words")
    for place, word in enumerate(said, 1):
        if word not in _NUMBER:
            raise Refused(f"words.{place}", word, "a word of the list; ask for it to be spelt")
    numbers = bytes(_NUMBER[word] for word in said)
    if _remainder(numbers) != 0:
        raise Refused("words", " ".join(said), "words that belong together: one was misheard, or two changed places")
    return numbers[:_KEPT_BYTES].hex()


def is_spoken(words: Sequence[str], fingerprint: str) -> bool:
    """Whether the words are this fingerprint's. Raises `Refused` where they are nobody's."""
    return fingerprint.startswith(heard(words))


def _remainder(data: bytes) -> int:
    """The remainder of the bytes as a polynomial over GF(2), first bit highest, by x⁸+x⁴+x³+x²+1."""
    found = 0
    for byte in data:
        for _ in range(8):
            found = (found << 1) ^ (_POLYNOMIAL if found & 0x80 else 0)
        found = (found & 0xFF) ^ byte
    return found
