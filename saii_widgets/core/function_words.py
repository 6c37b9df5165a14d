"""English words that hold a caption together without naming anything in the picture."""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(entry.split()) for entry in text.split(","))


ARTICLES: Final = _words("a, an, the")
DETERMINERS: Final = ARTICLES | _words(
    """this, that, these, those, some, any, each, every, no, both, all, another, several, many, few, its, their, his,
    her, my, our, your, a couple of, a group of, a line of, a lot of, a number of, a pair of, a row of, lots of"""
)
CONJUNCTIONS: Final = _words("and, or, but")
PREPOSITIONS: Final = _words(
    """about, above, across, after, against, along, alongside, amid, among, around, at, before, behind, below, beneath,
    beside, besides, between, beyond, by, down, during, for, from, in, inside, into, near, nearby, of, off, on, onto,
    opposite, outside, over, past, through, to, toward, towards, under, underneath, up, upon, via, with, within,
    without, as well as, close to, in front of, in the middle of, next to, on the side of, on top of, out of"""
)
#: Words that name the picture itself, so they say nothing about what it shows: "a photo of", "a scene with".
PICTURE_WORDS: Final = _words(
    "photo, photograph, picture, image, snapshot, scene, camera image, traffic camera image, view, close-up"
)
_OTHER: Final = _words(
    """am, are, as, be, been, being, can, do, does, had, has, have, he, here, how, i, if, is, it, not, she, so, such,
    than, them, then, there, they, very, was, we, were, what, when, where, which, while, who, will, would, you, also,
    just, only, too"""
)

STOP_WORDS: Final = DETERMINERS | CONJUNCTIONS | PREPOSITIONS | PICTURE_WORDS | _OTHER

#: Adjectives, numerals and participles that can't stand without the noun they belong to.
MODIFIERS: Final = _words(
    """big, small, large, little, huge, tiny, tall, short, long, wide, narrow, old, new, modern, bright, dark, light,
    pale, shiny, dirty, clean, broken, damaged, empty, full, heavy, fast, slow, single, double, one, two, three, four,
    five, six, seven, eight, nine, ten, parked, parking, moving, driving, drives, drive, waiting, waits, wait, standing,
    stands, stand, stopped, stopping, stops, turning, turns, turn, passing, passes, pass, crossing, speeding,
    travelling, traveling, overtaking, following, seen, visible, shown, blurred, blurry, distant, abandoned, stationary,
    first, second, other, more"""
)
COLOURS: Final = _words(
    """red, orange, yellow, green, blue, white, black, grey, gray, silver, brown, purple, pink, beige, gold, golden,
    maroon, turquoise, cream"""
)
