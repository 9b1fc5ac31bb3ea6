"""All formats through one function, against the real files and hand-made ones."""

import json

import numpy as np
import pytest

from sketch_rnn_tf.data import ndjson, points_csv, reading
from sketch_rnn_tf.data.npz import read_npz, write_npz
from sketch_rnn_tf.data.reading import read_any
from sketch_rnn_tf.data.strokes import from_polylines


def test_quickdraws_own_files(shared_data):
    for name, count, recognized in (("monkey", 1000, 826), ("cat_200", 200, None)):
        path = shared_data / "ndjson" / f"{name}.ndjson"
        rows = [json.loads(line) for line in open(path, encoding="utf-8")]
        drawings = [item.drawing for block in reading.blocks(path) for item in reading.decode(block)]
        assert len(drawings) == len(rows) == count
        assert recognized is None or sum(drawing.recognized for drawing in drawings) == recognized
        for drawing, row in zip(drawings, rows, strict=True):
            assert np.array_equal(
                drawing.sketch, from_polylines([np.array(stroke).T for stroke in row["drawing"]])
            )
            assert (drawing.key, drawing.word, drawing.country) == (
                row["key_id"],
                row["word"],
                row["countrycode"],
            )
            assert not drawing.raw
        assert all(map(np.array_equal, read_any(path), (drawing.sketch for drawing in drawings)))


def test_ndjson_blocks_cover_all_lines_once(tmp_path, monkeypatch):
    monkeypatch.setattr(ndjson, "BLOCK_BYTES", 200)
    path = tmp_path / "a.ndjson"
    rows = [json.dumps({"key_id": str(i), "drawing": [[[0, i], [0, 1]]]}) for i in range(50)]
    path.write_text(
        "\r\n".join(rows[:20]) + "\n\n  \n" + "\n".join(rows[20:])
    )  # the last line without an end
    blocks = list(reading.blocks(path))
    assert len(blocks) > 5 and sum(block.size for block in blocks) == path.stat().st_size
    items = [item for block in blocks for item in reading.decode(block)]
    assert [item.drawing.key for item in items] == [str(i) for i in range(50)]
    assert items[20].where.endswith("line 23") and items[-1].where.endswith("line 52")


def test_raw_ndjson_is_prepared(shared_data, tmp_path):
    with open(shared_data / "raw" / "raw_and_simplified.jsonl", encoding="utf-8") as file:
        pair = json.loads(file.readline())
    path = tmp_path / "raw.ndjson"
    path.write_text(json.dumps({"drawing": pair["raw"]}))
    expected = from_polylines([np.array(stroke).T for stroke in pair["simplified"]])
    assert np.array_equal(read_any(path)[0], expected)


def test_npz_of_every_kind(tmp_path):
    sketches = [np.array([[i, 2, 0], [3, 4, 1]], np.int16) for i in range(1, 5)]
    write_npz(tmp_path / "legacy.npz", {"train": sketches[:2], "valid": sketches[2:3], "test": sketches[3:]})
    np.savez(
        tmp_path / "named.npz",
        **{f"sketch_{i:05}": sketch.astype(np.float32) for i, sketch in enumerate(sketches)},
    )
    np.savez(tmp_path / "numbers.npz", drawings=np.stack(sketches).astype(np.float16))
    plain = {"train_points": np.concatenate(sketches).astype(np.int8), "train_offsets": np.arange(0, 10, 2)}
    np.savez(tmp_path / "plain.npz", **plain)
    for name in ("legacy", "named", "numbers", "plain"):
        found = read_any(tmp_path / f"{name}.npz")
        assert len(found) == 4 and all(map(np.array_equal, found, sketches)), name
    empty = {f"{split}_{what}": np.zeros([size] + [3] * (what == "points"), np.int64)
             for split in ("valid", "test") for what, size in (("points", 0), ("offsets", 1))}  # fmt: skip
    np.savez(tmp_path / "splits.npz", **plain, **empty)
    splits = read_npz(tmp_path / "splits.npz")
    assert all(map(np.array_equal, splits["train"], sketches)) and splits["valid"] == splits["test"] == []


def test_csv(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "\ufeffX, y,Stroke,sketch,class,time,pressure\n0,0,a,1,cat,0,9\n5,0,a,1,cat,1,9\n5,9,b,1,cat,2,9\n\n"
        '1,1,a,2,"a, b",30,9\n2,1,a,2,"a, b",10,9\n4,1,a,2,"a, b",20,9\n',
        encoding="utf-8",
    )
    items = [item for block in reading.blocks(path) for item in reading.decode(block)]
    assert [item.drawing.sketch.tolist() for item in items] == [
        [[5, 0, 1], [0, 9, 1]],
        [[2, 0, 0], [-3, 0, 1]],
    ]
    assert [(item.drawing.word, item.drawing.key) for item in items] == [("cat", None), ("a, b", None)]
    assert items[1].where.endswith("a.csv line 6")


def test_csv_blocks_hold_whole_sketches(tmp_path, monkeypatch):
    monkeypatch.setattr(points_csv, "BLOCK_BYTES", 60)
    path = tmp_path / "a.csv"
    rows = [f"{sketch},1,{point},{sketch}" for sketch in range(30) for point in range(7)]
    path.write_text("sketch,stroke,x,y\n" + "\n".join(rows))
    assert len(list(reading.blocks(path))) > 5
    assert [len(sketch) for sketch in read_any(path)] == [6] * 30


def test_json(tmp_path):
    path = tmp_path / "a.json"
    sketch = [[1, 2, 0], [3.5, 4, 1]]
    for text, count in (([sketch, sketch], 2), (sketch, 1), ({"drawing": [[[0, 1, 4.5], [0, 2, 6]]]}, 1)):
        path.write_text(json.dumps(text))
        found = read_any(path)
        assert len(found) == count and all(np.array_equal(one, sketch) for one in found)


@pytest.mark.parametrize(
    "name, error, words",
    [
        ("none.npz", FileNotFoundError, "there is no file .*none.npz"),
        ("a.txt", ValueError, "expected a name that ends in .npz or .ndjson"),
        ("empty.ndjson", ValueError, "empty.ndjson holds no drawings"),
        ("empty.json", ValueError, "empty.json holds no drawings"),
    ],
)
def test_errors(tmp_path, name, error, words):
    (tmp_path / "empty.ndjson").write_text("\n")
    (tmp_path / "empty.json").write_text("[]")
    with pytest.raises(error, match=words):
        read_any(tmp_path / name)
