"""What a word does in a caption."""

from enum import StrEnum


class Role(StrEnum):
    """Role of a word in a study: what it is about, what stands around it, or what only holds the sentence together."""

    PRINCIPAL = "principal"
    NON_PRINCIPAL = "non-principal"
    FUNCTION = "function"
