"""Images as inputs of modes: redrawn, and refused where a model or a mode cannot use them."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageDraw

from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data.photo import Picture, picture, read_photo
from sketch_rnn_tf.generation import modes
from sketch_rnn_tf.generation.inputs import Inputs
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.sketch_model import SketchModel
from sketch_rnn_tf.training.workdir import Metadata


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for name, box in (("cup", (40, 20, 90, 130)), ("wide", (10, 60, 190, 90))):
        image = Image.new("L", (200, 150), 250)
        ImageDraw.Draw(image).rectangle(box, outline=20, width=5)
        image.save(folder / f"{name}.png")
    return [str(folder / "cup.png"), str(folder / "wide.png")]


def model_of(kind):
    values = {
        "model.kind": kind,
        "model.encoder.units": 6,
        "model.decoder.units": 12,
        "model.z_size": 4,
        "model.num_mixtures": 2,
        "model.decoder.cell": "layer_norm",
        "model.code_size": 4,
    }
    config = with_values(Config(), values)
    tf.keras.utils.set_random_seed(4)
    network = build_network(config.model, 1, raster_size=24)
    for place, weight in enumerate(network.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [1, place], stddev=0.2))
    return SketchModel(network, config, Metadata(8.0, 20, ("cup",)))


def test_a_picture_shows_its_image(photos):
    image = read_photo(photos[0], 24)
    drawing = picture(image)
    assert isinstance(drawing, Picture) and drawing.image is image and drawing.dtype == np.float32
    drawing = np.asarray(drawing)
    places = np.cumsum(drawing[:, :2], axis=0)
    shown = np.zeros([24, 24])
    for (x, y), (to_x, to_y) in zip(places[::2], places[1::2]):
        assert y == to_y
        shown[int(y - places[:, 1].min()), int(x) : int(to_x) + 1] = 1
    rows = np.flatnonzero((image[..., 0] >= 0.5).any(axis=1))
    inked = (image[rows[0] : rows[-1] + 1, :, 0] >= 0.5).astype(int)
    first = np.argmax(inked[0])
    assert drawing[:, 2].tolist() == [0, 1] * (len(drawing) // 2)
    assert (np.roll(inked, -first, axis=1) == shown[: len(inked)]).mean() > 0.99


@pytest.mark.parametrize("kind", ["cnn_vae", "ai_sketcher"])
def test_images_are_redrawn(photos, kind):
    model = model_of(kind)
    inputs = Inputs(model, photos)
    sheet = modes.reconstruct(modes.Request(model, inputs, options={"max_steps": 12, "seed": 3}))
    assert len(sheet.made) == 2 and len(sheet.drawings) == 4
    images = np.stack([read_photo(path, 24) for path in photos])
    expected = model.decode(model.encode_images(images)[0], temperature=0.1, seed=3, max_steps=12)
    for made, wanted in zip(sheet.made, expected):
        np.testing.assert_array_equal(made, wanted)
    way = modes.MODES["interpolate"](modes.Request(model, inputs, num=3, options={"max_steps": 9}))
    assert len(way.made) == 3


def test_a_sketch_and_an_image_can_be_mixed(photos):
    model = model_of("cnn_vae")
    sketch = np.array([[9, 0, 0], [0, 9, 1]], np.float32)
    image = picture(read_photo(photos[0], 24))
    mu, _ = model.encode([sketch, image, sketch])
    np.testing.assert_array_equal(mu[0], mu[2])
    np.testing.assert_array_equal(mu[0], model.encode([sketch])[0][0])
    np.testing.assert_array_equal(mu[1], model.encode_images(image.image[None])[0][0])


def test_where_images_are_of_no_use_one_sentence_says_so(photos):
    with pytest.raises(ValueError, match="reads strokes only; .*--preset=sketch_pix2seq"):
        Inputs(model_of("sketch_rnn"), photos)
    model = model_of("cnn_vae")
    with pytest.raises(ValueError, match="cannot be gone on from"):
        modes.MODES["complete"](modes.Request(model, Inputs(model, photos)))
