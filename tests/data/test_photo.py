"""Photographs of drawings become the images models read."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from sketch_rnn_tf.data import doodles
from sketch_rnn_tf.data.photo import read_photo
from sketch_rnn_tf.data.rasterize import rasterize


def drawing(ground, ink, size=(300, 200), box=(100, 40, 160, 160)):
    image = Image.new("L", size, ground)
    ImageDraw.Draw(image).rectangle(box, outline=ink, width=6)
    return image


@pytest.mark.parametrize("ground, ink", [(255, 0), (230, 90), (30, 220)])
def test_ink_is_told_from_ground_cut_out_and_centred(tmp_path, ground, ink):
    rng = np.random.default_rng(0)
    pixels = np.asarray(drawing(ground, ink), np.float64) + rng.normal(0, 8, (200, 300))
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(tmp_path / "photo.png")
    image = read_photo(tmp_path / "photo.png", 48)
    assert image.shape == (48, 48, 1) and image.dtype == np.float32 and image.max() == 1
    rows, columns = (np.flatnonzero(image[..., 0].max(axis=axis) > 0.5) for axis in (1, 0))
    assert abs(rows[0] - (47 - rows[-1])) <= 1 and abs(columns[0] - (47 - columns[-1])) <= 1
    assert rows[-1] - rows[0] + 1 == pytest.approx(48 - 2 * 3, abs=1)  # the longer side fills the room
    assert (columns[-1] - columns[0]) / (rows[-1] - rows[0]) == pytest.approx(0.5, abs=0.06)
    assert image[24, 24, 0] < 0.1  # the inside of an outline is paper


@pytest.mark.parametrize("chalk", [False, True])
def test_light_may_fall_unevenly(tmp_path, chalk):
    """A noisy photograph three times as bright on its right, of which no one threshold is right."""
    ink = np.zeros([300, 400], bool)
    ink[60:66, 80:320] = ink[200:206, 80:320] = ink[60:206, 80:86] = ink[60:206, 314:320] = True
    light = np.linspace(60, 200, 400)[None, :] * np.ones([300, 1])
    shown = np.where(ink, light * 0.4, light) if not chalk else np.where(ink, light + 50, light)
    shown += np.random.default_rng(0).normal(0, 4, shown.shape)
    Image.fromarray(shown.clip(0, 255).astype(np.uint8)).save(tmp_path / "photo.png")
    Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)).save(tmp_path / "scan.png")
    photo, scan = (read_photo(tmp_path / f"{name}.png") for name in ("photo", "scan"))
    assert np.abs(photo - scan).mean() < 0.02


@pytest.mark.parametrize("pen", [1, 3, 8, 16])
@pytest.mark.parametrize("name", ["car", "house", "snail"])
def test_a_drawing_by_any_thinner_pen_is_what_models_were_trained_on(tmp_path, name, pen):
    (sketch,) = doodles.draw(name, 1)
    image = Image.new("L", (900, 700), 255)
    points = np.cumsum(sketch[:, :2], axis=0, dtype=np.float64)
    points = np.concatenate([np.zeros([1, 2]), points])
    points = 60 + (points - points.min(axis=0)) / np.ptp(points, axis=0).max() * 560
    draw = ImageDraw.Draw(image)
    lifted = np.concatenate([[0], sketch[:-1, 2]])
    for start, end, apart in zip(points[:-1], points[1:], lifted):
        if not apart:
            draw.line([*start, *end], fill=0, width=pen)
            for x, y in (start, end):
                draw.ellipse([x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2], fill=0)
    image.save(tmp_path / "photo.png")
    trained = rasterize(sketch[None].astype(np.float32), [len(sketch)], 48)[0].numpy()
    shown = read_photo(tmp_path / "photo.png", 48)
    assert shown.sum() == pytest.approx(trained.sum(), rel=0.12)
    assert np.corrcoef(shown.ravel(), trained.ravel())[0, 1] > 0.9


def test_transparent_parts_are_paper(tmp_path):
    image = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(20, 20), (60, 60)], fill=(0, 0, 0, 255), width=4)
    image.save(tmp_path / "line.png")
    shown = read_photo(tmp_path / "line.png", 32)[..., 0]
    assert shown[16, 16] > 0.5 and shown[4, 27] == 0 and 0.05 < shown.mean() < 0.2


def test_what_is_no_drawing_is_refused(tmp_path):
    Image.new("L", (50, 50), 128).save(tmp_path / "grey.png")
    with pytest.raises(ValueError, match="shows nothing"):
        read_photo(tmp_path / "grey.png")
    specks = np.full([2000, 2000], 255, np.uint8)
    specks[::499, ::499] = 0
    Image.fromarray(specks).save(tmp_path / "specks.png")
    with pytest.raises(ValueError, match="shows nothing .*specks"):
        read_photo(tmp_path / "specks.png")
    (tmp_path / "text.png").write_text("no image")
    with pytest.raises(ValueError, match="cannot be read as an image"):
        read_photo(tmp_path / "text.png")
    drawing(255, 0).save(tmp_path / "half.png")
    (tmp_path / "half.png").write_bytes((tmp_path / "half.png").read_bytes()[:200])
    with pytest.raises(ValueError, match="cannot be read as an image"):
        read_photo(tmp_path / "half.png")
    Image.new("1", (9000, 9000)).save(tmp_path / "bomb.png")
    with pytest.raises(ValueError, match="cannot be read as an image .*pixels"):
        read_photo(tmp_path / "bomb.png")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_photo(tmp_path / "none.png")
