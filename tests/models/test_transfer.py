"""Weights that go from one network to another by what their rows mean."""

import numpy as np
import pytest

from sketch_rnn_tf.models import AISketcher, SketchRNN
from sketch_rnn_tf.models.transfer import row_names, transferred
from sketch_rnn_tf.models.weights import assign_weights, named_weights

SIZES = {"encoder_units": 3, "decoder_units": 6, "z_size": 2, "num_mixtures": 2}
CLASSES = ("cat", "dog", "pig")


def arrays_of(network):
    return {path: variable.numpy() for path, variable in named_weights(network).items()}


def made(class_names=CLASSES, kind="one_hot", **options):
    return SketchRNN(**{**SIZES, "class_conditioning": kind, "num_classes": len(class_names), **options})


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
@pytest.mark.parametrize("kind", ["none", "one_hot", "embedding"])
def test_every_row_of_a_named_weight_has_a_name(cell, kind):
    for options in ({}, {"conditional": False}, {"input_dropout_rate": 0.1}):
        network = made(kind=kind, decoder_cell=cell, **options)
        rows = row_names(network, CLASSES)
        assert "decoder/cell/kernel" in rows
        for path, names in rows.items():
            assert len(names) == len(set(names)) == named_weights(network)[path].shape[0], path


@pytest.mark.parametrize("influence", [False, True])
def test_rows_of_ai_sketcher_have_names(influence):
    network = AISketcher(
        encoder_units=3,
        decoder_units=6,
        z_size=6,
        code_size=2,
        autoencoder_size=8,
        num_mixtures=2,
        decoder_cell="layer_norm",
        influence=influence,
        class_conditioning="one_hot",
        num_classes=3,
    )
    rows = row_names(network, CLASSES)
    assert {"code_mean", "code_variance"} <= rows.keys()
    for path, names in rows.items():
        assert len(names) == named_weights(network)[path].shape[0], path


def test_the_same_model_takes_everything():
    source, network = made(), made()
    taken = transferred(network, CLASSES, arrays_of(source), row_names(source, CLASSES))
    for path, array in arrays_of(source).items():
        np.testing.assert_array_equal(taken[path], array, err_msg=path)


@pytest.mark.parametrize("cell", ["lstm", "hyper"])
def test_classes_are_known_by_name_and_new_ones_begin_between(cell):
    source, names = made(decoder_cell=cell), ("pig", "owl", "cat", "bee")
    network = made(names, decoder_cell=cell)
    arrays = arrays_of(source)
    taken = transferred(network, names, arrays, row_names(source, CLASSES))
    paths = ["decoder/cell/kernel", "mu/kernel", "log_var/kernel"]
    paths += ["decoder/cell/inner/kernel"] if cell == "hyper" else []
    for path in paths:
        tail = 6 if path.endswith("inner/kernel") else 0  # rows of h, behind those of the classes
        end = len(arrays[path]) - tail
        cat, dog, pig = arrays[path][end - 3 : end]
        mean = (cat + dog + pig) / 3
        got = taken[path][end - 3 : end + 1]
        np.testing.assert_allclose(got, [pig, mean, cat, mean], rtol=1e-5, err_msg=path)
        np.testing.assert_array_equal(taken[path][: end - 3], arrays[path][: end - 3], err_msg=path)
        np.testing.assert_array_equal(taken[path][end + 1 :], arrays[path][end:], err_msg=path)
    assign_weights(network, taken)


def test_an_embedding_keeps_its_table_by_name():
    source, names = made(kind="embedding"), ("dog", "owl")
    network = made(names, kind="embedding")
    arrays = arrays_of(source)
    taken = transferred(network, names, arrays, row_names(source, CLASSES))
    table = arrays["class_vector/table"]
    np.testing.assert_allclose(taken["class_vector/table"], [table[1], table.mean(axis=0)], rtol=1e-5)
    np.testing.assert_array_equal(taken["decoder/cell/kernel"], arrays["decoder/cell/kernel"])


def test_a_decoder_goes_on_without_z_and_class_and_back():
    source = made()
    alone = made(kind="none", conditional=False)
    arrays = arrays_of(source)
    taken = transferred(alone, ("x",), arrays, row_names(source, CLASSES))
    np.testing.assert_array_equal(taken["decoder/cell/kernel"], arrays["decoder/cell/kernel"][:5])
    np.testing.assert_array_equal(taken["head/kernel"], arrays["head/kernel"])
    whole = made()
    back = transferred(whole, CLASSES, taken, row_names(alone, ("x",)))
    np.testing.assert_array_equal(back["decoder/cell/kernel"][:5], arrays["decoder/cell/kernel"][:5])
    np.testing.assert_array_equal(
        back["decoder/cell/kernel"][5:], arrays_of(whole)["decoder/cell/kernel"][5:]
    )


def test_what_is_skipped_keeps_its_own_weights_and_other_sizes_are_refused():
    source, network = made(), made()
    rows = row_names(source, CLASSES)
    taken = transferred(network, CLASSES, arrays_of(source), rows, ("encoder", "mu", "log_var"))
    own = arrays_of(network)
    for path, array in taken.items():
        skipped = path.split("/")[0] in ("encoder", "mu", "log_var")
        np.testing.assert_array_equal(array, own[path] if skipped else arrays_of(source)[path], err_msg=path)
    with pytest.raises(ValueError, match="begin with a model of the same sizes"):
        transferred(made(decoder_units=5), CLASSES, arrays_of(source), rows)
