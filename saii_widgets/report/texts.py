"""What the report says about each step, for a reader who has not read the paper."""

from __future__ import annotations

from typing import Final

INTRODUCTION: Final = (
    "An image-text model gives every picture and every sentence a number, the logit, for how well they belong "
    "together. This study asks why. It finds the words that texts about such pictures are full of (principal words: "
    "a vehicle, its colour), pairs pictures with captions, maps what each word and each part of a picture "
    "contributes, and then takes the principal words away to see what the others (a fence, the sky, road markings: "
    "non-principal words) still carry."
)

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "words": (
        "Words of the texts",
        "All words of the texts are counted. A word's TF-IDF is high when it is frequent in some texts and absent "
        "from most; the loading says how much it takes part in the strongest common theme (truncated singular value "
        "decomposition). Frequent words that name a vehicle or a colour are the principal words of the study. Roles "
        "can be set by hand.",
    ),
    "meet": (
        "Pictures and records meet",
        "Each principal word asks for the pictures that match it best; those are the pictures of this study. Then "
        "each picture is ranked against the record texts, within a window of time and place where one was set. One-"
        "to-one pairing gives each picture at most one record and each record at most one picture, with the largest "
        "sum of logits; many-to-many lets both have several partners.",
    ),
    "captions": (
        "Captions",
        "Pictures that came without a caption get one from the words of the vocabulary. The model itself ranks the "
        "words for each picture: the likeliest vehicle, the surroundings that stand out against the other pictures, "
        "the likeliest sky. A caption may therefore be wrong; it is what the model would say.",
    ),
    "step1": (
        "Step 1: one principal word at a time",
        "Each picture meets short phrases that hold one principal word. A large logit says that the model finds that"
        " word in the picture. The strongest phrase of each picture is marked.",
    ),
    "step2": (
        "Step 2: own caption against the others",
        "Each picture meets its own caption and the captions of the other pictures. The logits of a row are turned "
        "into probabilities. The model understands a pair when the picture's own caption, on the diagonal, is the "
        "likeliest.",
    ),
    "step3": (
        "Step 3: what each word and patch contributes",
        "Relevance maps show which patches of the picture, and which words of the caption, raise the logit of their "
        "pair: attention weighted by its gradient, read at the class token and at the end of the sentence. Bright "
        "patches and darkly shaded words matter. Maps of the last layer, the paper's setting, can miss a thing that "
        "the model does use; compare start layers before you trust one. Below them, as in the paper, a picture has a"
        " map for its largest logit alone; captions that lost have no relevance by definition.",
    ),
    "step4": (
        "Step 4: without the principal words",
        "The principal words are deleted, the captions rebuilt, and everything is measured again. The verdict "
        "compares the change with a control in which as many non-principal words were deleted at random, twenty "
        "times: only what goes beyond the control is due to the words being principal. Intervals hold 95 % of "
        "bootstrap draws over pictures.",
    ),
    "step5": (
        "Step 5: short phrases",
        "Long captions are simplified to their short non-principal phrases, and each phrase gets its own map on each"
        " picture. A phrase that is understood lights up its thing where it is there. Bright patches where the thing"
        " is not, or none where it is, are a reason for doubt.",
    ),
    "step6": (
        "Step 6: all pairs at once",
        "All pictures meet all captions. The strongest short phrase is the one whose probability rises most on the "
        "pictures whose captions hold it; the weakest one hardly tells them from the others.",
    ),
    "evaluate": (
        "Evaluation by task performance",
        "Can one tell from score and map whether a phrase is in the picture? Phrases that were chosen on the pairs "
        "are evaluated on other pictures. AUC is the chance that a picture with the thing scores above one without "
        "it; the activation threshold is the logit from which on the phrase is really there; accuracy uses "
        "thresholds from other pictures. The rank correlation says whether larger maps come with higher "
        "probabilities.",
    ),
}
