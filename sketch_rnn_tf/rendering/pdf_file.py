"""Figures as the pages of a PDF, all lines as vectors."""

import io
from collections.abc import Sequence

from sketch_rnn_tf.rendering.figure import Figure

POINTS = {"mm": 72 / 25.4, "px": 72 / 96}
ANCHORS = {"start": "drawString", "middle": "drawCentredString"}


def to_pdf(pages: Sequence[Figure]) -> bytes:
    """Writes a PDF, a figure a page, at their true size; 96 pixels are an inch.

    Args:
        pages: figures; one alone is a PDF of one page.

    Raises:
        ValueError: there is no page, or the package reportlab is missing.
    """
    try:
        from reportlab.lib.colors import HexColor
        from reportlab.pdfgen.canvas import Canvas
    except ImportError as error:
        raise ValueError("PDF files need the package reportlab; pip install 'sketch-rnn-tf[pdf]'") from error
    pages = [pages] if isinstance(pages, Figure) else list(pages)
    if not pages:
        raise ValueError("there are no pages; give at least one")
    file = io.BytesIO()
    # Without dates and random names in it, so that equal pages give equal bytes.
    canvas = Canvas(file, invariant=1, pageCompression=1)
    canvas.setTitle(pages[0].title)
    for figure in pages:
        size = POINTS[figure.unit]
        canvas.setPageSize((figure.width * size, figure.height * size))
        # From the top left, downwards, in the figure's units.
        canvas.transform(size, 0, 0, -size, 0, figure.height * size)
        if figure.background:
            canvas.setFillColor(HexColor(figure.background))
            canvas.rect(0, 0, figure.width, figure.height, stroke=0, fill=1)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        canvas.setLineWidth(figure.rule_width)
        canvas.setStrokeColor(HexColor(figure.rule_color))
        for rule in figure.rules:
            canvas.line(*rule)
        canvas.setLineWidth(figure.stroke_width)
        for line in (line for lines in figure.drawings for line in lines):
            canvas.setStrokeColor(HexColor(line.color))
            path = canvas.beginPath()
            path.moveTo(*line.points[0])
            for point in line.points[1:]:
                path.lineTo(*point)
            if len(line.points) == 1:
                path.lineTo(*line.points[0])
            canvas.drawPath(path, stroke=1, fill=0)
        canvas.setFillColor(HexColor(figure.text_color))
        for text in figure.texts:
            canvas.saveState()
            canvas.transform(1, 0, 0, -1, text.x, text.y)
            canvas.setFont("Helvetica", text.size)
            getattr(canvas, ANCHORS[text.anchor])(0, 0, text.text)
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return file.getvalue()
