"""Classifiers of several families: logits, features in their grid, attention, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from saii_widgets.core.errors import InputError, LabelError, ModelError
from saii_widgets.data.vehicles import VEHICLE_KINDS, draw_vehicle
from saii_widgets.engine.models.classifier import Classifier
from saii_widgets.engine.models.load_classifier import EMBEDDED_CLASSIFIER, load_classifier
from saii_widgets.engine.models.prediction_only import PredictionOnly
from saii_widgets.engine.runtime import Cancelled
from tests.engine.models.tiny_classifiers import FAMILIES, LABELS, save_tiny_classifier

IMAGES = [draw_vehicle(seed, size=64).image for seed in range(3)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {family: save_tiny_classifier(family, tmp_path_factory.mktemp(family)) for family in FAMILIES}


@pytest.fixture(params=sorted(FAMILIES))
def classifier(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Classifier:
    return load_classifier(folders[request.param], device="cpu")


def pixels_of(images: list[Image.Image]) -> Tensor:
    """Pictures of one size as they are, 0 to 1."""
    return torch.from_numpy(np.stack([np.asarray(image, np.float32) for image in images]) / 255).permute(0, 3, 1, 2)


class Plain(nn.Module):
    """A module without lists of blocks, with a ReLU that works in place."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 6, 3, 4, bias=False), nn.Conv2d(6, 5, 3, 2)
        self.act, self.drop, self.head = nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(5, 3)

    def forward(self, pixels: Tensor) -> Tensor:
        hidden = self.act(self.second(self.act(self.first(pixels))))
        return self.head(self.drop(hidden.mean((2, 3))))


@pytest.fixture
def plain() -> Plain:
    torch.manual_seed(3)
    return Plain().eval()


def test_logits_are_those_of_the_model(classifier: Classifier) -> None:
    with torch.no_grad():
        wanted = torch.cat([classifier.module(classifier.preprocess([image])).logits for image in IMAGES])
    came = classifier.class_logits(IMAGES)
    assert (came.dtype, came.shape, came.requires_grad) == (torch.float32, (3, 3), False)
    torch.testing.assert_close(came, wanted, rtol=1e-4, atol=1e-5)
    shown = classifier.logits(IMAGES)
    assert (shown.kinds, shown.axes[1].labels, shown.unit) == (("image", "class"), LABELS, "logit")
    np.testing.assert_allclose(shown.values, wanted.numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(shown.companions["probabilities"].values, wanted.softmax(1).numpy(), atol=1e-5)


def test_features_are_the_outputs_of_layers(classifier: Classifier) -> None:
    features = classifier.features(IMAGES, classifier.layers)
    assert tuple(features) == classifier.layers
    assert set(classifier.features(IMAGES)) == set(classifier.middle_layers) <= set(classifier.layers)
    assert len(classifier.middle_layers) == 2
    with torch.no_grad():
        states = classifier.module(classifier.preprocess(IMAGES), output_hidden_states=True)
    known = list(getattr(states, "reshaped_hidden_states", None) or states.hidden_states)
    for name, came in features.items():
        assert came.ndim == 4
        flat = came.flatten(2)
        matches = []
        for state in known:
            if state.ndim == 3:  # tokens: those before the patches belong to no place
                extra = state.shape[1] - flat.shape[2]
                state = state[:, extra:].transpose(1, 2) if extra >= 0 else state
            state = state.flatten(2)
            matches.append(state.shape == flat.shape and torch.allclose(state, flat, rtol=1e-3, atol=1e-4))
        # a Swin stage keeps what it hands on after its patches are merged
        assert any(matches), name


def test_nothing_stays_behind(classifier: Classifier) -> None:
    classifier.features(IMAGES)
    classifier.attention(IMAGES, [0])
    with pytest.raises(Cancelled):
        classifier.features(IMAGES, progress=_cancel)
    assert not any(part._forward_hooks for part in classifier.module.modules())
    assert all(parameter.grad is None for parameter in classifier.module.parameters())


def _cancel(*_: object) -> None:
    raise Cancelled


def _resnet_parts(model: Any) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]:
    def below(pixels: Tensor) -> Tensor:
        hidden = model.resnet.embedder(pixels)
        for stage in model.resnet.encoder.stages:
            hidden = stage(hidden)
        return hidden

    return below, lambda hidden: model.classifier(model.resnet.pooler(hidden))


def _vit_parts(model: Any) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]:
    layers = list(model.vit.layers)

    def below(pixels: Tensor) -> Tensor:
        hidden = model.vit.embeddings(pixels)
        for layer in layers[:-1]:
            hidden = layer(hidden)
        return hidden

    return below, lambda hidden: model.classifier(model.vit.layernorm(layers[-1](hidden))[:, 0])


@pytest.mark.parametrize(("family", "parts"), [("resnet", _resnet_parts), ("vit", _vit_parts)])
def test_attention_equals_plain_autograd(
    family: str, parts: Callable[[Any], tuple[Any, Any]], folders: dict[str, Path]
) -> None:
    """One picture, one class, one feature and one place at a time."""
    classifier = load_classifier(folders[family], device="cpu")
    below, above = parts(classifier.module)
    came = classifier.attention(IMAGES, ["taxi", 0])
    for n, image in enumerate(IMAGES):
        hidden = below(classifier.preprocess([image])).detach().requires_grad_()
        for c, number in enumerate((2, 0)):
            (slope,) = torch.autograd.grad(above(hidden)[0, number], hidden)
            values, slopes = hidden.detach().numpy()[0], slope.numpy()[0]
            if family == "vit":  # (tokens, d), the class token first
                values, slopes = (a[1:].T.reshape(-1, 4, 4) for a in (values, slopes))
            high, wide = values.shape[1:]
            wanted = np.zeros((high, wide))
            for y in range(high):
                for x in range(wide):
                    total = 0.0
                    for d in range(len(values)):
                        total += slopes[d].sum() / (high * wide) * values[d, y, x]
                    wanted[y, x] = max(0.0, total)
            if wanted.max() > 0:
                wanted /= wanted.max()
            np.testing.assert_allclose(came[n, c], wanted, atol=1e-4)


def test_attention_does_not_depend_on_the_other_pictures(classifier: Classifier) -> None:
    together = classifier.attention(IMAGES, [0, 1, 2])
    assert together.dtype == np.float32
    assert together.shape[:2] == (3, 3)
    assert together.min() >= 0
    assert set(np.unique(together.max((2, 3)))) <= {0.0, 1.0}
    alone = np.concatenate([classifier.attention([image], [0, 1, 2]) for image in IMAGES])
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_attention_works_where_gradients_are_off(classifier: Classifier) -> None:
    free = classifier.attention(IMAGES[:1], [1])
    classifier.module.requires_grad_(False)
    with torch.no_grad():
        np.testing.assert_allclose(classifier.attention(IMAGES[:1], [1]), free, atol=1e-5)


def test_an_unseen_class_has_a_map_of_zeros(plain: Plain) -> None:
    with torch.no_grad():
        plain.head.weight[1] = 0
    classifier = Classifier.from_module(plain, pixels_of, LABELS)
    assert not classifier.attention(IMAGES, ["van"]).any()
    assert classifier.attention(IMAGES, [0]).any() or classifier.attention(IMAGES, [2]).any()


def test_any_module_will_do(plain: Plain) -> None:
    classifier = Classifier.from_module(plain, pixels_of, LABELS, name="mine")
    assert classifier.layers == ("first", "act", "second")
    first = classifier.features(IMAGES, ["first"])["first"]
    torch.testing.assert_close(first, plain.first(pixels_of(IMAGES)).detach())  # not what ReLU makes of it in place
    assert first.min() < 0
    small = [image.resize((40, 56)) for image in IMAGES]
    assert classifier.features(small, ["first"])["first"].shape[2:] == (14, 10)
    sequential = nn.Sequential(nn.Conv2d(3, 4, 3, 8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    assert Classifier.from_module(sequential.eval(), pixels_of, LABELS).layers == ("0", "1")
    asked = Classifier.from_module(plain, pixels_of, LABELS, ["second"])
    assert (asked.layers, asked.middle_layers) == (("second",), ("second",))


def test_a_module_in_training_mode_is_refused(plain: Plain) -> None:
    with pytest.raises(ModelError, match=r"evaluation mode.*module.eval"):
        Classifier.from_module(plain.train(), pixels_of, LABELS)
    classifier = Classifier.from_module(plain.eval(), pixels_of, LABELS)
    plain.drop.train()
    with pytest.raises(ModelError, match=r"training mode, such as drop"):
        classifier.class_logits(IMAGES)


def test_a_module_that_plays_dice_is_refused() -> None:
    class Dice(Plain):
        def forward(self, pixels: Tensor) -> Tensor:
            return super().forward(pixels) + torch.randn(len(pixels), 3)

    with pytest.raises(ModelError, match=r"same logits.*random"):
        Classifier.from_module(Dice().eval(), pixels_of, LABELS)


def test_what_does_not_fit_is_refused(plain: Plain) -> None:
    with pytest.raises(ModelError, match=r"shape \(1, 2\).*shape \(1, 3\).*a label for each class"):
        Classifier.from_module(plain, pixels_of, LABELS[:2])
    with pytest.raises(ModelError, match="PredictionOnly"):
        Classifier.from_module(lambda x: x, pixels_of, LABELS)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ModelError, match="tensor of 1 pictures"):
        Classifier.from_module(plain, lambda images: images, LABELS)
    classifier = Classifier.from_module(plain, pixels_of, LABELS)
    with pytest.raises(ModelError, match="at least one picture"):
        classifier.features([])
    with pytest.raises(LabelError, match="'taxi'"):
        classifier.attention(IMAGES, ["tax"])


def test_an_unusable_layer_lists_the_usable_ones(plain: Plain) -> None:
    with pytest.raises(InputError, match=r"'head'.*usable: first, act, second\."):
        Classifier.from_module(plain, pixels_of, LABELS, ["head"])
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * 96 * 96, 3)).eval()
    classifier = Classifier.from_module(flat, pixels_of, LABELS)
    assert classifier.layers == classifier.middle_layers == ()
    assert classifier.class_logits([draw_vehicle(1).image]).shape == (1, 3)
    for ask in (classifier.features, lambda images: classifier.attention(images, [0])):
        with pytest.raises(InputError, match=r"none.*occlusion"):
            ask([draw_vehicle(1).image])


def test_predictions_only() -> None:
    def service(images: list[Image.Image]) -> list[list[float]]:
        return [[0.0, 0.25, 0.75] for _ in images]

    classifier = PredictionOnly(service, LABELS)
    assert (classifier.name, classifier.layers) == ("service", ())
    np.testing.assert_allclose(
        classifier.logits(IMAGES).companions["probabilities"].values, [[0, 0.25, 0.75]] * 3, atol=1e-6
    )
    raw = PredictionOnly(lambda images: torch.full((len(images), 3), -4.0), LABELS, unit="logit")
    assert raw.class_logits(IMAGES).tolist() == [[-4.0] * 3] * 3
    for ask in (lambda: classifier.features(IMAGES), lambda: classifier.attention(IMAGES, [0])):
        with pytest.raises(ModelError, match=r"service.*[Oo]cclusion serves it"):
            ask()


@pytest.mark.parametrize("bad", [[[0.1, 0.9]], [[0.1, 0.2, 1.7]], [[0.1, 0.2, float("nan")]], "no numbers", None])
def test_a_service_that_talks_nonsense(bad: object) -> None:
    with pytest.raises(ModelError, match=r"scores|probabilities"):
        PredictionOnly(lambda _: bad, LABELS).class_logits(IMAGES[:1])


def test_predictions_only_needs_a_callable_and_a_unit() -> None:
    with pytest.raises(ModelError, match="callable"):
        PredictionOnly("http", LABELS)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="'probability' or 'logit'"):
        PredictionOnly(print, LABELS, unit="share")  # pyright: ignore[reportArgumentType]


def test_half_precision_gives_float32(folders: dict[str, Path]) -> None:
    classifier = load_classifier(folders["resnet"], device="cpu", precision="bfloat16")
    assert classifier.dtype == torch.bfloat16
    assert classifier.class_logits(IMAGES).dtype == torch.float32
    assert all(f.dtype == torch.float32 for f in classifier.features(IMAGES).values())
    exact = load_classifier(folders["resnet"], device="cpu").class_logits(IMAGES)
    torch.testing.assert_close(classifier.class_logits(IMAGES), exact, rtol=0.1, atol=0.1)


def test_what_is_seen_of_a_picture(folders: dict[str, Path]) -> None:
    """A processor that crops is asked with a picture whose border alone is white."""
    for family, classifier in ((f, load_classifier(folders[f], device="cpu")) for f in ("vit", "deit", "convnext")):
        left, top, right, bottom = classifier.seen((400, 400))
        assert (left == 0) == (family == "vit")
        picture = np.full((400, 400, 3), 255, np.uint8)
        a, b, c, d = (round(edge * 400) for edge in (left, top, right, bottom))
        picture[b:d, a:c] = 0
        pixels = classifier.preprocess([Image.fromarray(picture)])[0, 0]
        assert (pixels < pixels.min() + 0.1).float().mean() > 0.85, family
        grown = classifier.preprocess([Image.new("RGB", (400, 400))])[0, 0]
        assert (grown == grown.min()).all()


def test_a_model_of_another_kind_is_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"an image classifier.*'clip'.*resnet"):
        load_classifier(EMBEDDED_CLASSIFIER.parent / "clip")
    headless = tmp_path / "headless"
    headless.mkdir()
    for file in folders["vit"].iterdir():
        (headless / file.name).write_bytes(file.read_bytes())
    weights = load_file(folders["vit"] / "model.safetensors")
    kept = {name: weight for name, weight in weights.items() if not name.startswith("classifier")}
    save_file(kept, headless / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 2 of them.*head"):
        load_classifier(headless)
    with pytest.raises(ModelError, match="precision"):
        load_classifier(folders["vit"], precision="int8")
    with pytest.raises(ModelError, match="offline"):
        load_classifier("microsoft/resnet-50", offline=True)


def test_the_embedded_classifier() -> None:
    classifier = load_classifier(device="cpu")
    assert (classifier.name, classifier.labels, len(classifier.revision)) == (
        "embedded classifier",
        VEHICLE_KINDS,
        12,
    )
    assert sum(file.stat().st_size for file in EMBEDDED_CLASSIFIER.iterdir()) < 2e6
    log = [json.loads(line) for line in (EMBEDDED_CLASSIFIER / "training.jsonl").read_text().splitlines()]
    assert log[-1]["plain"] >= 0.98
    assert log[-1]["parameters"] <= 400_000
    for hard, least in ((False, 0.95), (True, 0.8)):
        vehicles = [draw_vehicle(40_000 + k, hard=hard) for k in range(150)]
        numbers = classifier.class_logits([vehicle.image for vehicle in vehicles]).argmax(1)
        right = [VEHICLE_KINDS[n] == vehicle.kind for n, vehicle in zip(numbers, vehicles, strict=True)]
        assert np.mean(right) >= least
    attention = classifier.attention([vehicle.image for vehicle in vehicles[:4]], [0, "taxi"])
    assert attention.shape == (4, 2, 8, 8)
