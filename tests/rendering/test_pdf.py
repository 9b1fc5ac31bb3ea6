"""PDF files: their uncompressed text, and page sizes."""

import re
import sys
import zlib
from base64 import a85decode

import numpy as np
import pytest

from sketch_rnn_tf.rendering import booklet_pages, grid, pdf, to_svg

reportlab = pytest.importorskip("reportlab")
L_SHAPE = np.array([[0, 30, 0], [10, 0, 1]], np.float32)


def streams(data):
    return [
        zlib.decompress(a85decode(stream.strip().removesuffix(b"~>"))).decode("latin-1")
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
    ]


def test_a_page_a_figure_at_true_size():
    data = pdf(booklet_pages([L_SHAPE] * 3, page=(100, 50), margin=5))
    assert data.startswith(b"%PDF-")
    boxes = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", data)
    assert len(boxes) == 3
    np.testing.assert_allclose(np.array(boxes, float), [[100 / 25.4 * 72, 50 / 25.4 * 72]] * 3, atol=0.01)


def test_lines_are_vectors_at_the_places_of_the_svg():
    figure = grid([L_SHAPE], cell_size=100)
    (content,) = streams(pdf([figure]))
    drawn = np.array(re.findall(r"([\d.]+) ([\d.]+) [ml]\b", content), float)
    np.testing.assert_allclose(drawn, figure.drawings[0][0].points, atol=0.01)
    placed = re.findall(r"[\d.]+,[\d.]+", to_svg(figure))
    np.testing.assert_allclose(drawn, [list(map(float, point.split(","))) for point in placed], atol=0.01)
    assert "1 J" in content and "1 j" in content and "Do" not in content


def test_equal_bytes_dots_and_texts():
    figure = grid([np.zeros([1, 3]), L_SHAPE], captions=["a (b) \\", "漢字 é"], theme="dark", given=1)
    assert pdf([figure]) == pdf(figure)


def test_errors(monkeypatch):
    with pytest.raises(ValueError, match="no pages"):
        pdf([])
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    with pytest.raises(ValueError, match=r"pip install 'sketch-rnn-tf\[pdf\]'"):
        pdf(grid([L_SHAPE]))
