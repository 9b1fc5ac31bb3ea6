"""Every measure where its value is known beforehand."""

import numpy as np
import pytest

from sketch_rnn_tf.data import doodles
from sketch_rnn_tf.evaluation import copying, diversity, form, intervals, latent_map, retrieval
from sketch_rnn_tf.evaluation.frechet import frechet_distance, gaussian_distance
from sketch_rnn_tf.evaluation.precision_recall import covered
from sketch_rnn_tf.evaluation.rasters import rasters

SQUARE = np.array([[100, 0, 0], [0, 100, 0], [-100, 0, 0], [0, -100, 1]], np.float32)
OPEN = np.array([[100, 0, 0], [0, 100, 0], [-40, 0, 0], [0, -20, 1]], np.float32)


def drawings(count=20, name="cup"):
    return doodles.make_splits(name, train=count, valid=1, test=1, seed=3)["train"]


def test_frechet_distance_of_gaussians_is_the_closed_form():
    mean1, mean2 = np.array([0.0, 1.0, -2.0]), np.array([1.0, 1.0, 0.5])
    deviations1, deviations2 = np.array([1.0, 2.0, 0.5]), np.array([2.0, 0.1, 0.5])
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=[3, 3]))
    covariances = [turn @ np.diag(values**2) @ turn.T for values in (deviations1, deviations2)]
    expected = ((mean1 - mean2) ** 2).sum() + ((deviations1 - deviations2) ** 2).sum()
    assert gaussian_distance(mean1, covariances[0], mean2, covariances[1]) == pytest.approx(expected)
    rng = np.random.default_rng(1)
    samples = [
        rng.normal(size=[200_000, 3]) * deviations @ turn.T + mean
        for mean, deviations in ((mean1, deviations1), (mean2, deviations2))
    ]
    assert frechet_distance(*samples) == pytest.approx(expected, rel=0.01)


def test_frechet_distance_of_a_set_to_itself_is_zero_and_order_does_not_matter():
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=[50, 6]), rng.normal(size=[60, 6]) * [1, 2, 3, 0, 0, 1]
    assert frechet_distance(second, second) == pytest.approx(0, abs=1e-6)
    shuffled = frechet_distance(rng.permutation(first), rng.permutation(second))
    assert shuffled == pytest.approx(frechet_distance(first, second))
    assert frechet_distance(second, first) == pytest.approx(shuffled)
    for bad in (first[:, :3], first[:1], np.where(first > 2, np.nan, first)):
        with pytest.raises(ValueError):
            frechet_distance(bad, second)


def test_precision_and_recall_of_equal_and_disjoint_sets():
    rng = np.random.default_rng(3)
    first, far = rng.normal(size=[40, 5]), rng.normal(size=[40, 5]) + 100
    assert covered(first, first).all()
    assert not covered(first, far).any() and not covered(far, first).any()
    half = np.concatenate([first[:20], far[:20]])
    assert covered(half, first).mean() == 0.5
    assert covered(rng.permutation(half), rng.permutation(first)).mean() == 0.5


def test_balls_reach_to_the_third_neighbour():
    """Points on a line at 0, 1, 2, 3, 10: the ball of 0 reaches to 3, that of 10 to 1."""
    support = np.array([[0.0], [1.0], [2.0], [3.0], [10.0]])
    assert covered(np.array([[-2.9], [-3.1], [18.9], [19.1]]), support).tolist() == [True, False, True, False]


def test_intervals_are_those_of_the_mean():
    values = np.random.default_rng(4).normal(5, 2, 400)
    value, low, high = intervals.mean(values, seed=1)
    assert value == pytest.approx(values.mean())
    half = 1.96 * values.std() / 20
    assert low == pytest.approx(value - half, abs=0.05) and high == pytest.approx(value + half, abs=0.05)
    assert intervals.mean(values, seed=1) == (value, low, high) != intervals.mean(values, seed=2)
    assert intervals.mean([1, 1, 1], 0) == (1, 1, 1)
    assert intervals.ratio([1, 1, 0, 0], [1, 1, 1, 1], 0)[0] == 0.5
    assert intervals.ratio([1, 0], [0, 0], 0) == (None, None, None)


def test_interval_of_a_biased_statistic_holds_its_value():
    """The square of a mean: resampling adds the mean's variance to it, on average."""
    values = np.random.default_rng(5).normal(1, 1, 100)
    given = intervals.of_sample(lambda places: values[places].mean() ** 2, 100, seed=1, resamples=400)
    value, low, high = given
    assert value == pytest.approx(values.mean() ** 2) and low < value < high
    half = 1.96 * 2 * abs(values.mean()) * values.std() / 10
    assert high - low == pytest.approx(2 * half, rel=0.3)
    assert intervals.of_sample(lambda places: 3.0, 5, 0) == (3, 3, 3)


def test_closed_and_open_shapes():
    assert form.closed_share(SQUARE) == 1 and form.closed_share(OPEN) == 0
    assert form.closed_share(np.concatenate([SQUARE, OPEN])) == 0.5
    assert np.isnan(form.closed_share(np.zeros([0, 3], np.float32)))
    assert form.closed_shares([SQUARE, np.zeros([0, 3], np.float32)]).tolist() == [1.0]


def test_complexity_is_ink_by_extent_and_symmetry_that_of_the_mirror():
    assert form.complexity(SQUARE) == pytest.approx(4)
    assert form.complexity(SQUARE * [7, 7, 1]) == pytest.approx(4)
    slash = np.array([[100, 100, 1]], np.float32)
    symmetric, leaning = form.symmetry(rasters([SQUARE, slash]))
    assert symmetric > 0.98 and leaning < 0.3


def test_a_copy_is_at_no_distance_and_a_set_is_not_its_own_test():
    train = rasters(drawings(12))
    assert copying.nearest_distances(train[3:6], train).max() < 1e-3
    others = rasters(drawings(12, "fish"))
    distances = copying.nearest_distances(others, train)
    assert 0.3 < distances.min() and distances.max() <= 1.0 + 1e-6
    mixed = np.random.default_rng(0).permutation(len(others))
    np.testing.assert_allclose(copying.nearest_distances(others[mixed], train), distances[mixed], atol=1e-6)


def test_chamfer_of_moved_and_scaled_drawings():
    assert copying.chamfer(SQUARE, SQUARE) == 0
    moved = np.concatenate([[[500, -70, 1]], SQUARE * [3, 3, 1]]).astype(np.float32)[1:]
    assert copying.chamfer(SQUARE, moved) == pytest.approx(0, abs=1e-6)
    line = np.array([[100, 0, 1]], np.float32)
    assert copying.chamfer(SQUARE, line) == pytest.approx(copying.chamfer(line, SQUARE)) and (
        copying.chamfer(SQUARE, line) > 0.1
    )


def test_spread_is_the_mean_hamming_distance():
    codes = np.zeros([3, 64], bool)
    codes[1, :16] = codes[2, :32] = True
    np.testing.assert_allclose(diversity.spread(codes), [0.375, 0.25, 0.375])
    same = rasters([SQUARE] * 4)
    assert diversity.spread(diversity.hashes(same)).tolist() == [0, 0, 0, 0]
    assert diversity.spread(diversity.hashes(rasters(drawings(6)))).min() > 0
    assert diversity.same_mean([0.1, 0.2, 0.3], [0.1, 0.2, 0.3]) == pytest.approx(1)
    assert diversity.same_mean(np.arange(9) / 9, np.arange(9) / 9 + 5) < 1e-6


def test_spread_by_class_takes_classes_apart_and_chooses_by_seed():
    images = rasters([*drawings(30), *drawings(30, "fish"), SQUARE])
    ids = [0] * 30 + [1] * 30 + [2]
    whole = diversity.spread_by_class(images, ids, per_class=50)
    assert len(whole) == 60
    first, again, other = (diversity.spread_by_class(images, ids, 10, seed) for seed in (1, 1, 2))
    assert len(first) == 20 and (first == again).all() and (first != other).any()


def test_ranks_of_itself_are_one_and_ties_count_against():
    gallery = np.random.default_rng(5).normal(size=[30, 4])
    assert (retrieval.ranks(gallery, gallery) == 1).all()
    assert retrieval.ranks(gallery[::-1], gallery).mean() > 5
    assert retrieval.ranks(np.zeros([3, 2]), np.zeros([3, 2])).tolist() == [3, 3, 3]
    with pytest.raises(ValueError):
        retrieval.ranks(gallery[:5], gallery)


def test_coherence_tells_clusters_from_chance(tmp_path):
    rng = np.random.default_rng(6)
    names = ["cup"] * 20 + ["fish"] * 20
    apart = rng.normal(size=[40, 5]) + np.repeat([[0], [20]], 20, axis=0)
    sketches = [*drawings(20), *drawings(20, "fish")]
    clear = latent_map.coherence(latent_map.Latent(apart, sketches, names))
    mixed = latent_map.coherence(latent_map.Latent(rng.normal(size=[40, 5]), sketches, names))
    assert (
        clear["value"] > 0.7 and abs(mixed["value"]) < 0.1 and mixed["low"] <= mixed["value"] <= mixed["high"]
    )
    places = latent_map.project(apart, "pca")
    assert abs(places[:20, 0].mean() - places[20:, 0].mean()) > 20
    np.testing.assert_array_equal(latent_map.project(apart, "tsne", 1), latent_map.project(apart, "tsne", 1))
    with pytest.raises(ValueError):
        latent_map.project(apart[:2], "pca")
    latent_map.write_maps(latent_map.Latent(apart, sketches, names), tmp_path)
    assert {"latent_tsne_30.png", "latent_pca_all.png", "projector"} <= {
        path.name for path in tmp_path.iterdir()
    }
    metadata = next((tmp_path / "projector").glob("*.tsv")).read_text().splitlines()
    assert len(metadata) >= 40
