"""Images of strokes, against distances computed by hand, Pillow's drawing at many times the size, and Cairo where it is there."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageDraw

from sketch_rnn_tf.data import doodles
from sketch_rnn_tf.data.rasterize import rasterize
from sketch_rnn_tf.data.strokes import to_polylines, to_stroke5

L_SHAPE = np.array([[0, 30, 0], [10, 0, 1]], np.float32)


def packed(sketches):
    width = max(map(len, sketches), default=0)
    strokes = np.zeros([len(sketches), width, 3], np.float32)
    for row, sketch in zip(strokes, sketches):
        row[: len(sketch)] = sketch
    return strokes, np.array([len(sketch) for sketch in sketches], np.int32)


def images(sketches, *args, **options):
    return rasterize(*packed(sketches), *args, **options).numpy()[..., 0]


def fitted(sketch, size, line_width, margin):
    """Returns the polylines in pixels: the longer side fills what margin and pen leave."""
    lines = to_polylines(sketch)
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (size - 2 * margin - line_width) / (high - low).max()
    return [(line - (low + high) / 2) * scale + size / 2 for line in lines]


def by_pillow(lines, size, line_width, factor=32):
    image = Image.new("L", (size * factor, size * factor))
    draw = ImageDraw.Draw(image)
    width = line_width * factor
    for line in lines:
        points = [tuple(point) for point in (line * factor - 0.5).tolist()]
        draw.line(points, fill=255, width=round(width))
        for point in points:
            draw.circle(point, (width - 1) / 2, fill=255)
    return np.asarray(image.resize((size, size), Image.Resampling.BOX)) / 255


def by_cairo(cairo, lines, size, line_width):
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_A8, size)
    buffer = np.zeros([size, stride], np.uint8)
    surface = cairo.ImageSurface(cairo.FORMAT_A8, size, size, data=buffer, stride=stride)
    context = cairo.Context(surface)
    context.set_antialias(cairo.ANTIALIAS_BEST)
    context.set_line_cap(cairo.LINE_CAP_ROUND)
    context.set_line_join(cairo.LINE_JOIN_ROUND)
    context.set_line_width(line_width)
    for line in lines:
        context.move_to(*line[0])
        for point in line[1:] if len(line) > 1 else line:
            context.line_to(*point)
    context.stroke()
    surface.flush()
    return buffer[:, :size] / 255


def sketches_of(folder, count=12):
    from sketch_rnn_tf.data.npz import read_npz

    names = ("car", "aaron_sheep", "short_kanji")
    return [sketch for name in names for sketch in read_npz(folder / "npz" / f"{name}.npz")["test"][:count]]


# A fifth of the pixels have ink, so an error of 0.02 over all of them would be a tenth of the ink; these bounds are tighter.
@pytest.mark.parametrize(
    "size, line_width, margin", [(28, 1.5, 1.5), (48, 2.5, 2.5), (48, 1, 0), (128, 4, 8), (224, 5, 10)]
)
def test_pixels_against_pillow_at_many_times_the_size(size, line_width, margin):
    sketches = [
        sketch for name in ("cat", "house") for sketch in doodles.make_splits(name, 6, 1, 1, seed=1)["train"]
    ]
    drawn = images(sketches, size, line_width, margin)
    expected = [by_pillow(fitted(sketch, size, line_width, margin), size, line_width) for sketch in sketches]
    error = np.abs(drawn - expected)
    assert error.mean(axis=(1, 2)).max() < 0.01
    assert error[(drawn > 0) | (np.array(expected) > 0)].mean() < 0.02
    assert drawn.min() >= 0 and drawn.max() == 1


@pytest.mark.parametrize("size", [28, 48, 64, 128, 224])
def test_pixels_against_cairo_on_real_sketches(shared_data, size):
    cairo = pytest.importorskip("cairocffi", exc_type=(ImportError, OSError))
    sketches = sketches_of(shared_data)
    line_width = margin = size * 16 / 304
    drawn = images(sketches, size)
    lines = [fitted(sketch, size, line_width, margin) for sketch in sketches]
    error = np.abs(drawn - [by_cairo(cairo, one, size, line_width) for one in lines])
    assert error.mean(axis=(1, 2)).max() < 0.02


def test_place_of_an_l():
    # 48 pixels less 2 * 3 margin less a pen of 4 leave 38 for an extent of 30, 38 / 3 across.
    (drawn,) = images([L_SHAPE], 48, line_width=4, margin=3)
    left, right = 24 - 38 / 6, 24 + 38 / 6
    np.testing.assert_allclose(drawn[24].sum(), 4, atol=0.02)
    np.testing.assert_allclose(drawn[24] @ (np.arange(48) + 0.5) / 4, left, atol=0.02)
    column = drawn[:, int(right) - 3]
    np.testing.assert_allclose(column @ (np.arange(48) + 0.5) / column.sum(), 24 + 19, atol=0.02)
    assert drawn[:3].max() == drawn[-3:].max() == 0 and drawn[3].max() > 0.4 and drawn[-4].max() > 0.4


def test_crossing_strokes_do_not_add_up():
    once = np.array([[10, 10, 1]], np.float32)
    many = np.tile(np.array([[10, 10, 0], [-10, -10, 0]], np.float32), [20, 1])
    np.testing.assert_allclose(images([many]), images([once]), atol=1e-5)


def test_first_segment_is_drawn_and_lifted_moves_are_not():
    sketch = np.array([[10, 0, 1], [0, 10, 0], [-10, 0, 1]], np.float32)
    (drawn,) = images([sketch], 40, line_width=2, margin=1)
    middle = drawn[16:24]
    assert middle.max() == 0
    np.testing.assert_allclose(drawn[:5].sum(), drawn[-5:].sum(), rtol=1e-4)


@pytest.mark.parametrize("sketch", [[[0, 0, 1]], [[0, 0, 0]], [[0, 0, 0], [0, 0, 1]]])
def test_dot(sketch):
    (drawn,) = images([np.array(sketch, np.float32)], 20, line_width=4)
    np.testing.assert_allclose(drawn.sum(), np.pi * 4, rtol=0.02)
    np.testing.assert_allclose(drawn, drawn[::-1, ::-1], atol=1e-6)


def test_dot_after_a_lifted_move():
    line = np.array([[20, 0, 1], [-10, 20, 1]], np.float32)
    (drawn,) = images([line], 40, line_width=4, margin=2)
    np.testing.assert_allclose(drawn[-9:].sum(), np.pi * 4, rtol=0.02)
    assert drawn[8:30].max() == 0


def test_padding_and_batch_change_nothing():
    sketches = doodles.make_splits("cat", 5, 1, 1, seed=3)["train"]
    together = images(sketches)
    for sketch, image in zip(sketches, together):
        np.testing.assert_allclose(images([sketch])[0], image, atol=1e-6)
    strokes, lengths = packed(sketches)
    garbage = np.where(np.arange(strokes.shape[1])[None, :, None] < lengths[:, None, None], strokes, 99)
    np.testing.assert_array_equal(rasterize(garbage, lengths).numpy()[..., 0], together)


def test_stroke5_gives_the_same_image():
    sketch = doodles.make_splits("cat", 1, 1, 1, seed=3)["train"][0]
    strokes = to_stroke5(sketch, 250)[None]
    np.testing.assert_array_equal(rasterize(strokes, [len(sketch)]).numpy()[..., 0], images([sketch]))


def test_units_do_not_matter():
    sketch = doodles.make_splits("house", 1, 1, 1, seed=3)["train"][0]
    scaled = sketch * np.array([1e-3, 1e-3, 1])
    np.testing.assert_allclose(images([scaled]), images([sketch]), atol=1e-3)


def test_empty_sketch_and_empty_batch():
    assert images([np.zeros([0, 3]), L_SHAPE])[0].max() == 0
    assert rasterize(np.zeros([0, 5, 3]), np.zeros([0], np.int32), 30).shape == (0, 30, 30, 1)


def test_inside_tf_data():
    strokes, lengths = packed(doodles.make_splits("cat", 8, 1, 1, seed=3)["train"])
    dataset = (
        tf.data.Dataset.from_tensor_slices((strokes, lengths)).batch(4).map(lambda s, n: rasterize(s, n, 48))
    )
    assert dataset.element_spec.shape.as_list() == [None, 48, 48, 1]
    np.testing.assert_allclose(np.concatenate(list(dataset)), rasterize(strokes, lengths, 48), atol=1e-6)


def test_inside_a_saved_graph(tmp_path):
    module = tf.Module()
    module.image = tf.function(
        lambda strokes, lengths: rasterize(strokes, lengths, 48),
        input_signature=[tf.TensorSpec([None, None, 3]), tf.TensorSpec([None], tf.int32)],
    )
    tf.saved_model.save(module, str(tmp_path))
    strokes, lengths = packed([L_SHAPE, L_SHAPE[:1]])
    loaded = tf.saved_model.load(str(tmp_path)).image(strokes, lengths)
    np.testing.assert_array_equal(loaded, rasterize(strokes, lengths, 48))


@pytest.mark.parametrize(
    "shape, options, message",
    [
        ([1, 2, 4], {}, r"expected \[B, T, 3\]"),
        ([2, 3], {}, r"expected \[B, T, 3\]"),
        ([1, 2, 3], {"size": 4}, "size is 4; expected 8 to 1024"),
        ([1, 2, 3], {"line_width": 0}, "line_width is 0"),
        ([1, 2, 3], {"line_width": float("nan")}, "line_width is nan"),
        ([1, 2, 3], {"margin": 20}, "margin is 20"),
    ],
)
def test_errors(shape, options, message):
    with pytest.raises(ValueError, match=message):
        rasterize(np.zeros(shape), [1], **options)
