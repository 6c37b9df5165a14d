"""What the notebooks' prose says of their results, as code that runs behind their last cell."""

from __future__ import annotations

from typing import Final

CLAIMS: Final = {
    "00-quick-start": """
logits = relevance.companions["logits"].values[0]
assert len(captions) == len(logits) == 5
assert relevance.values.min(axis=-1).min() >= 0 and relevance.values.max(axis=-1).min() > 0, "every caption gets a map"
assert studio.wait(300)
assert {step["state"] for step in studio.bar.steps} == {"done"}
assert not studio.bar.error
""",
    "01-phrases": """
import numpy as np
step1 = stepwise.step1()
np.testing.assert_allclose(step1.companions["probabilities"].values.sum(axis=1), 1, rtol=1e-5)
vocabulary = stepwise.vocabulary
assert any(word in vocabulary.types for word in stepwise.principal_words)
assert any(word in vocabulary.colours for word in stepwise.principal_words)
assert cloud.changes == {}
cloud.roles = {**cloud.roles, "accident": "principal"}
again = sw.Stepwise(sw.sample_path("camera"), model=stepwise.model, roles=cloud.changes)
assert stepwise.lexicon.role("accident") == "non-principal"
assert again.lexicon.role("accident") == "principal", "a role changed in the cloud holds in a study that begins with it"
""",
    "02-captions": """
import numpy as np
own = step2.companions["probabilities"].values.diagonal()
assert (own > 0.9).all(), "nearly everything goes to the winner"
mine = step2.values.diagonal()
others = step2.values[~np.eye(10, dtype=bool)]
assert mine.min() > others.max(), "the two groups do not touch"
assert others.std() > 2 * mine.std(), "the others are spread widely"
near = mine.min() - others.max()
assert near < (mine.min() - np.median(others)) / 2, "a few come near"
assert (ranks.diagonal() == 1).mean() >= 0.9, "a good count"
""",
    "03-maps": """
import numpy as np
types = stepwise.vocabulary.types
for k, caption in enumerate(step3.captions):
    words = step3.companions["words"].select(image=k, caption=k)
    assert words.axis("word").labels[int(words.values.argmax())] in types, "the vehicle's name is the strongest word"

assert alone.values.min() >= 0, "nothing is negative"
own = sw.Relevance(stepwise.model, start_layer="all")([scene], [alone.axis("word").labels[-1]])
np.testing.assert_allclose(alone.values[-1], own.values[0, 0], rtol=1e-4, atol=1e-6)

before = view.result
editor.caption = "a metal fence"
assert live.wait(60)
assert view.result.captions[0].text == editor.effects_of == "a metal fence"
assert len(editor.effects) == 2
assert (view.result.map() != before.map()).any()
assert not editor.error
""",
    "04-deletion": """
assert verdict.loc["fall of the logit beyond the control", "low"] > 0
assert verdict.loc["change of the map beyond the control", "high"] < 0
assert verdict.loc["share on principal words, before", "n"] == 10
assert before.captions[0].text.startswith("a black bus") and "bus" not in after.captions[0].text
flips = {name: one.flip() for name, one in slider.removals.items()}
assert 0 < min(flips.values()), "there is a flip to find, by words and by patches"
""",
    "05-short-phrases": """
assert "a brick wall" in step5.axis("caption").labels
holders = ["a brick wall" in caption.text for caption in stepwise.captions()[:10]]
assert 0 < sum(holders) < 10, "pictures with and without a wall"
wall = logits.result.values[:, step5.axis("caption").labels.index("a brick wall")]
assert min(wall[k] for k in range(10) if holders[k]) > max(wall[k] for k in range(10) if not holders[k])
assert logits.result.axis("image").labels == maps.result.axis("image").labels
""",
    "06-all-pairs": """
assert len(ranks) == len(step6.captions) == 32
strength = stepwise.study.explanations["strength"]
assert (strength.values[:-1] >= strength.values[1:]).all(), "the strongest first"
assert maps.result.shape[:2] == pairs.result.shape
assert maps.result.axis("image").labels == pairs.result.axis("image").labels
assert maps.result.axis("caption").labels == pairs.result.axis("caption").labels
""",
    "07-evaluation": """
strength = stepwise.study.explanations["strength"]
assert auc.axes[0].labels == strength.axis("caption").labels, "in the order of step 6"
assert auc.values.min() > 0.5 and auc.companions["low"].values.min() > 0.5, "all bars end right of guessing"
assert (rows.n == 120).all()
tail = rows.tail(1).iloc[0]
assert tail.quantity == "difference in accuracy"
first, *_, last = auc.axes[0].labels
assert rows.phrase.iloc[-1] == f"{first} against {last}"
assert set(phrases) <= set(auc.axes[0].labels)
assert rule.shape == (len(auc.axes[0]), 2)
people = [scene.masks[PLACES.index("people")].any() for scene in drawn]
assert 2 <= sum(people) <= 6, "some of the eight pictures with people, some without"
assert rule["activation threshold (logit)"].max() - rule["activation threshold (logit)"].min() > 1
""",
    "interactions-of-one-pair": """
words, blocks = pair.axis("word").labels, pair.axis("patch").labels
most = {word: int(numbers.argmax()) for word, numbers in zip(words, pair.values, strict=True)}
at_car = {"row 5, column 3", "row 5, column 4"}
assert {blocks[most["blue"]], blocks[most["car"]]} <= at_car, "the two words are bound to one thing"
assert blocks[most["traffic cones"]] not in at_car
strongest = pair.values.max(axis=1)
assert max(strongest[words.index(word)] for word in ("a", "near", "and")) < 0.3 < 1 < strongest[words.index("blue")]
cones = words.index("traffic cones")
assert pair.companions["word"].values[cones] < 0, "the main effect of cones is negative"
assert {blocks[k] for k in pair.values[cones].argsort()[:2]} == at_car, "cones speak against the car"
red = sw.Interactions(model, players="blocks 2")(scene, "a red car near tall buildings and traffic cones")
assert red.values[1][[blocks.index(block) for block in at_car]].max() < -1, "red meets the car with the other sign"
assert 0.5 < said["r2"] < 0.8
""",
    "shapley-or-banzhaf": """
def strongest(name, word):
    pair = found[name]
    return pair.axis("patch").labels[int(pair.values[pair.axis("word").labels.index(word)].argmax())]


assert {strongest(name, "car") for name in found} == {"row 3, column 3"}
assert {strongest(name, "traffic cones") for name in found} == {"row 4, column 3"}
assert {strongest(name, "blue") for name in asked if "Banzhaf" in name} == {"row 4, column 2"}
assert strongest("Shapley", "blue").startswith("row 1"), "the sky"
""",
    "a-closed-model": """
assert before == sum(bill) <= closed.budget, "the same once more costs nothing"
assert (again.values == pair.values).all()
assert said["r2"] > 0.4
words = pair.axis("word").labels
found = (abs(pair.values) > 2 * pair.errors) & (pair.values > 1)
assert found[words.index("car")].any() and found[words.index("traffic cones")].any(), "there is something to see"
assert words[matrix.selected_word] == "car"
""",
    "trust": """
table, other = tables["relevance map"], tables["interactions"]
area, r2 = table["insertion less deletion"], table["R2"]
assert area.value > area.chance + 1, "far above chance"
assert r2.value < 0.2, "and yet it does not add up"
assert table["agreement with random weights"].value < 0.3
assert table["agreement with other captions"].value < 0.5
assert other["R2"].value > r2.value + 0.4, "much more of how the score varies"
assert maps.origin.encoder_passes == 2 and 100 < together.origin.encoder_passes < 1000, "some hundreds"
assert other["insertion less deletion"].value > other["insertion less deletion"].chance
assert card.table is table and card.error == ""
""",
    "compare-explainers": """
apart = {pair: table.difference(*pair, "mass on the thing") for pair in (
    ("GradEclip", "RandomBaseline"), ("GradEclip", "PlainAttention"), ("Interactions", "Relevance"))}
first, second, third = apart.values()
assert first.z > 2 and second.z > 2 and abs(third.z) < 2, "two are more than luck, and one is not"
means = {name: table[name, "mass on the thing"].value for name in table.explainers}
baselines = ("RandomBaseline", "CentreBaseline", "AttentionRollout", "PlainAttention")
assert max(means[name] for name in baselines) < min(means[n] for n in ("GradEclip", "Relevance", "Interactions"))
cost = {name: table[name, "seconds"].value for name in table.explainers}
assert max(cost, key=cost.get) == "Interactions"
chance = {n: table[n, "grid game"].value - table[n, "grid game above chance"].value for n in means}
assert 0.4 < chance["Interactions"] < 0.55
assert all(abs(chance[name] - 0.25) < 0.01 for name in means if name != "Interactions")
assert abs(agreement.values[0]) < 0.3 and agreement.values[1] < 0.6
assert view.other.title == "Relevance of patches"
""",
    "modalities": """
found_shares = [sw.InterShap(rule(says))(a, b).companions["shares"]["interaction"] for says in rules.values()]
np.testing.assert_allclose(found_shares, [100 / 3, 100, 0], atol=1e-3)
assert found.companions["shares"]["interaction"] > 50
same = sw.InterShap(stepwise.model, value="logit")(scenes, captions).companions["shares"]["interaction"]
np.testing.assert_allclose(same, 50, atol=0.1, err_msg="what the prose says of matching pairs in the background")
np.testing.assert_allclose(parts.residual, 0, atol=1e-3)
assert len(bars.result.values) == 10
calls = three.companions["sensors"]["calls"]
assert abs(calls - 3) < 0.6
cells = dict(zip(meet.axis("patch").labels, meet.values[:, 0], strict=True))
assert set(sorted(cells, key=cells.get)[:2]) == {"row 3, column 2", "row 3, column 3"}, "the car and the cones"
assert (abs(meet.values[:, 1]) < 4 * meet.errors[:, 1]).all(), "calls interact with nothing"
""",
    "many-pairs": """
assert len(study.scenes) == len(study.explanations) == 24
synergy = {name: found[name].synergy for name in concepts}
assert synergy["colour"].low > max(synergy["vehicle"].high, synergy["fence or wall"].high)
assert min(found[name].alone.value for name in ("fence or wall", "markings")) > 1 / 3
assert found["vehicle"].synergy.n == 24 and found["markings"].synergy.n == 12
wide, narrow = (max(part[name].synergy.high - part[name].synergy.low for name in names) for part in (theirs, found))
assert len(few) == 4 and wide > narrow, "wide accordingly"
""",
    "how-modalities-share-the-work": """
said = {name: dict(zip(found.axis("measure").labels, row, strict=True)) for name, row in zip(data, found.values)}
atoms = ("redundant", "unique image", "synergistic")
for name, atom in zip(("redundant", "unique", "synergistic"), atoms, strict=True):
    bits = {other: said[name][f"PID, {other} (bits)"] for other in (*atoms, "unique text")}
    assert max(bits, key=bits.get) == atom and bits[atom] > 0.8, "each bit is found where it was put"
interaction, gap, cooperation = found.axis("measure").labels[4:]
for measure in (interaction, gap, cooperation):
    assert said["synergistic"][measure] > 0.4
    assert max(said[name][measure] for name in ("unique", "redundant")) < 0.1, "both are 'no interaction'"
assert said["redundant"][cooperation] < -0.3, "below zero where the two repeat each other"
assert sum(v for k, v in said["random"].items() if k.startswith("PID")) < 0.05, "about 0 bits"
assert max(said["random"][interaction], said["random"][gap]) > 0.2, "shares of little can be large"
redundant, alone = by_layer.values[:, 0], by_layer.values[:, 2]
assert len(by_layer.values) == 5
assert alone[0] > 1.5 and redundant[0] + alone[0] > 1.9, "the caption's tower holds the type from the first layer on"
assert max(redundant[2:4]) > 1.5 * redundant[0], "what both hold grows"
assert alone[3] < alone[0]
assert redundant[4] < max(redundant[2:4]), "and falls again in the embedding"
assert "advised" in by_layer.title
""",
    "under-attack": """
assert any(one.success for one in attacked) and not all(one.held for one in attacked)
both = [*attacked, *rows["search"], *rows["plain transfer"]]
assert max(one.largest_change for one in both) == 2
assert all(str(one.before.caption) == str(one.after.caption) for one in both)
assert all(one.n_queries <= 100 for one in rows["search"])
assert all(one.n_queries == 24 for one in rows["plain transfer"])
assert any(one.success for one in rows["search"])
for found in rows.values():
    first = [one.similarities.values[0] for one in found]
    assert all(0 < values[0] - values[1:].max() < 0.5 for values in first), "narrow pairs"
assert (view.map() != view.map(other=True)).any()
""",
    "concepts-of-a-class": """
assert explainer.fidelity["held out"] > 0.8
assert len(explainer.extractor.concepts) == 16
most = [max(concept.importance.values()) for concept in explainer.extractor.concepts]
assert sum(most[:5]) > sum(most[-5:]), "ordered by importance"
assert all(concept.examples for concept in explainer.extractor.concepts[:6])
""",
    "concepts-beside-maps": """
assert explainer.fidelity["held out"] > 0.6
assert set(classifier.labels) == {"a car", "a truck", "a bus", "a van"}
assert why.companions["classifier"].values.argmax() == 0
assert maps.axis("caption").labels == (said, other)
assert abs(values).max() > 0 and rest != 0
""",
    "why-this-class-and-not-that": """
import numpy as np
assert predicted == "ambulance"
assert why.companions["classifier"].values.argmax() == 0
np.testing.assert_allclose(explainer.why_not(picture, others[0]).values, why.values[0] - why.values[1], atol=1e-5)
assert any(name in ("light bar", "cross") for name in names)
""",
    "the-graph-explains-itself": """
assert explainers[True].fidelity["held out"] > 0.9
assert explainers[False].fidelity["held out"] < 0.8
assert not np.array_equal(graphs[0].present, graphs[1].present), "the lists differ"
assert said[0, column] > 0.8 and said[1, column] > 0.8, "edges do not decide here"
assert said[2, column] < 0.2
""",
    "words-for-it": """
told = narrator(why)
signs = [span for span in told.spans if span.kind == "name"]
assert signs and all(why.companions["presence"].values[span.concept] for span in signs)
assert told.text.startswith("This is taken for a fire engine.")
assert narrator(turned).text != told.text
assert narrator(turned).repairs <= 2
assert set(few.name(why)) <= {"wheel", "window", "light bar", ""}
""",
    "find-and-mend-faulty-logic": """
assert len(result) == len(wrong) >= 3
assert {fault.image for fault in result.faults} == set(wrong)
assert {fault.failed for fault in result.faults} <= {"classifier", "attention", "matching", "network"}
assert len({fault.failed for fault in result.faults}) > 1, "not every error is the classifier's logic"
assert len(made) == 12 and set(made.labels) <= set(kinds)
assert sum(map(bool, names)) > len(names) / 2, "most concepts have a name"
assert max(map(names.count, filter(None, names))) > 1, "several concepts may show the same part"
""",
}
