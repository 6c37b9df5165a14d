"""Players are taken away as said: the same as changing the pixels or the attention mask by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import caption_players
from saii_widgets.engine.coalitions import all_coalitions, coalition_numbers, draw_coalitions
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.models.attention import reading
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.pairing import unit
from tests.engine.tiny_models import MODEL_TYPES, pictures, tiny_model

CAPTION = Caption.parse("a red truck, near the blue bus")


@pytest.fixture(scope="module", params=MODEL_TYPES)
def model(request: pytest.FixtureRequest) -> TwoTowers:
    torch.set_num_threads(1)
    return tiny_model(request.param)


def some_coalitions(n: int, count: int = 12) -> np.ndarray:
    ends = np.array([[True] * n, [False] * n])
    return np.concatenate([ends, draw_coalitions(n, count, 0.5, (1,))])


def grid_of(model: TwoTowers, picture: Image.Image) -> tuple[int, int]:
    grid = model.patch_axis(picture).grid
    assert grid is not None
    return grid


def pixels_without(model: TwoTowers, picture: Image.Image, kept: np.ndarray) -> dict[str, torch.Tensor]:
    """The tower's inputs with patches of zeros."""
    inputs = dict(model.prepare_images([picture]))
    pixels = inputs["pixel_values"].clone()
    rows, columns = grid_of(model, picture)
    for k in np.flatnonzero(~kept):
        if pixels.dim() == 3:
            pixels[0, k] = 0
        else:
            high, wide = pixels.shape[2] // rows, pixels.shape[3] // columns
            row, column = divmod(int(k), columns)
            pixels[0, :, row * high : (row + 1) * high, column * wide : (column + 1) * wide] = 0
    return {**inputs, "pixel_values": pixels}


def plain(model: TwoTowers, inputs: Any) -> torch.Tensor:
    return unit(model.image_tower.embed(inputs))


def test_mean_is_zero_pixels(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    players = image_players(model, picture)
    keep = some_coalitions(len(players))
    ours = model.mask_image(picture, players, "mean").encode(keep)
    slow = torch.cat([plain(model, pixels_without(model, picture, kept)) for kept in keep])
    torch.testing.assert_close(ours, slow)


def test_blocks_are_their_patches(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    blocks, patches = (image_players(model, picture, name) for name in ("blocks 2", "patches"))
    assert blocks.patches is not None
    keep = all_coalitions(len(blocks))
    as_patches = keep @ blocks.patches
    torch.testing.assert_close(
        model.mask_image(picture, blocks, "mean").encode(keep),
        model.mask_image(picture, patches, "mean").encode(as_patches),
    )
    assert blocks.axis.boxes is not None
    assert blocks.axis.boxes[:, 2].max() == patches.axis.boxes[:, 2].max()  # pyright: ignore[reportOptionalSubscript]


@pytest.mark.parametrize("masking", ["mean", "blur"])
def test_masks_along_the_patches_are_patches(model: TwoTowers, masking: Any) -> None:
    """The way through pixels (given masks) is the way through tokens, where both can be gone."""
    (picture,) = pictures(1, (48, 48))
    rows, columns = grid_of(model, picture)
    masks = np.zeros((rows * columns, 48, 48), bool)
    for k in range(rows * columns):
        row, column = divmod(k, columns)
        masks[k, row * 48 // rows : (row + 1) * 48 // rows, column * 48 // columns : (column + 1) * 48 // columns] = (
            True
        )
    given, patches = image_players(model, picture, masks), image_players(model, picture)
    assert given.patches is None
    keep = some_coalitions(len(patches))
    torch.testing.assert_close(
        model.mask_image(picture, given, masking).encode(keep),
        model.mask_image(picture, patches, masking).encode(keep),
    )


def test_what_no_mask_covers_stays(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    mask = np.zeros((30, 40), bool)
    mask[10:20, 10:25] = True
    players = image_players(model, picture, {"truck": mask})
    assert players.axis.labels == ("truck",)
    gone, whole = model.mask_image(picture, players, "mean").encode(np.array([[False], [True]]))
    torch.testing.assert_close(whole[None], model.embed_images([picture]))
    rest = model.mask_image(picture, image_players(model, picture), "mean").encode(
        np.zeros((1, len(model.patch_axis(picture))), bool)
    )
    assert float((whole - gone).norm()) > 1e-3
    assert float((rest[0] - gone).norm()) > 1e-3


def test_drop_leaves_tokens_out() -> None:
    model = tiny_model("clip")
    (picture,) = pictures(1)
    players = image_players(model, picture)
    keep = some_coalitions(len(players))
    ours = model.mask_image(picture, players, "drop").encode(keep)
    vision = model.model.vision_model
    with torch.no_grad(), reading(model.model, {}):
        tokens = vision.embeddings(model.prepare_images([picture])["pixel_values"])
        for kept, embedding in zip(keep, ours, strict=True):
            stay = torch.from_numpy(np.concatenate([[True], kept]))
            hidden = vision.encoder(inputs_embeds=vision.pre_layrnorm(tokens[:, stay])).last_hidden_state
            pooled = model.model.visual_projection(vision.post_layernorm(hidden[:, 0]))
            torch.testing.assert_close(embedding, unit(pooled)[0])


@pytest.mark.parametrize("model_type", ["siglip", "siglip2"])
def test_drop_needs_a_class_token(model_type: str) -> None:
    model = tiny_model(model_type)
    (picture,) = pictures(1)
    with pytest.raises(ModelError, match="class token"):
        model.mask_image(picture, image_players(model, picture), "drop")


def test_attention_hides_tokens(model: TwoTowers) -> None:
    players = caption_players(model, CAPTION)
    keep = some_coalitions(len(players))
    ours = model.mask_caption(CAPTION, players, "attention").encode(keep)
    row = model.prepare_captions([CAPTION])
    visible = row.get("attention_mask", torch.ones_like(row["input_ids"]))
    words = [*model.token_words(CAPTION)]
    words += [-1] * (visible.shape[1] - len(words))
    for kept, embedding in zip(keep, ours, strict=True):
        shown = torch.tensor([word < 0 or bool(kept[word]) for word in words])
        inputs = {**row, "attention_mask": visible * shown}
        torch.testing.assert_close(embedding, unit(model.text_tower.embed(inputs))[0])


def test_delete_tokenizes_anew(model: TwoTowers) -> None:
    players = caption_players(model, CAPTION)
    keep = np.array([[True] * 7, [False, True, True, False, False, False, True], [False] * 7])
    ours = model.mask_caption(CAPTION, players, "delete").encode(keep)
    texts = [Caption(CAPTION.text, ()), Caption("red truck, bus", ()), Caption(",", ())]
    torch.testing.assert_close(ours, model.embed_captions(texts))


def test_players_of_a_caption(model: TwoTowers) -> None:
    def labels(asked: Any) -> tuple[str, ...]:
        return caption_players(model, CAPTION, asked).labels

    assert labels("words") == ("a", "red", "truck", "near", "the", "blue", "bus")
    assert labels("tokens") == ("a", "red", "truck", ",", "near", "the", "blue", "bus")
    assert labels("phrases") == ("a red truck", "near the blue bus")
    assert labels([[1, 2], [6]]) == ("red truck", "bus")
    for wrong in ("letters", [[1, 1]], [[9]], [[]], []):
        with pytest.raises(InputError, match=r"players|groups"):
            labels(wrong)


def test_equal_words_are_players_of_their_own(model: TwoTowers) -> None:
    caption = Caption.parse("a red bus near a blue bus")
    players = caption_players(model, caption)
    assert players.labels.count("bus") == 2
    keep = np.ones((3, 7), bool)
    keep[0, 2] = keep[1, 6] = False
    first, second, both = model.mask_caption(caption, players, "attention").encode(keep)
    assert float((first - second).norm()) > 1e-3 < float((first - both).norm())


def test_superpixels_cover_the_picture(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    players = image_players(model, picture, "slic 6")
    assert players.regions is not None
    assert 2 < len(players) <= 12
    assert (players.regions.sum(0) == 1).all()
    keep = np.ones((1, len(players)), bool)
    torch.testing.assert_close(model.mask_image(picture, players, "mean").encode(keep), model.embed_images([picture]))


@pytest.mark.parametrize(
    "wrong",
    [
        "pixels",
        "blocks",
        "blocks 0",
        "slic x",
        np.zeros((0, 30, 40), bool),
        np.ones((1, 10, 10), bool),
        np.zeros((1, 30, 40), bool),
        np.ones((2, 30, 40), bool),
    ],
    ids=str,
)
def test_wrong_players_of_a_picture(model: TwoTowers, wrong: Any) -> None:
    with pytest.raises(InputError, match=r"players|masks|region"):
        image_players(model, pictures(1)[0], wrong)


def test_coalitions_are_numbered() -> None:
    keep = all_coalitions(5)
    assert len(np.unique(keep, axis=0)) == 32
    np.testing.assert_array_equal(coalition_numbers(keep), np.arange(32))
    np.testing.assert_array_equal(draw_coalitions(6, 5, 0.3, (1, 2)), draw_coalitions(6, 50, 0.3, (1, 2))[:5])
    assert draw_coalitions(6, 4000, 0.3, (1, 2)).mean() == pytest.approx(0.3, abs=0.02)
