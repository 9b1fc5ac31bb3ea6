"""Writes the sound inputs that fuzzing begins from; `python tests/fuzz/seeds.py`."""

import base64
import io
import json
import sys

import numpy as np
import readers
from PIL import Image

SKETCH = np.array([[3, -4, 0], [10, 0, 1], [0, 7, 1]], np.int16)


def _npy(array, allow_pickle=False) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


def _npz(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _png(mode: str) -> bytes:
    image = Image.new("L", (24, 20), 255)
    for place in range(4, 16):
        image.putpixel((place, place), 0)
    buffer = io.BytesIO()
    image.convert(mode).save(buffer, "PNG")
    return buffer.getvalue()


def seeds() -> dict[str, list[bytes]]:
    """Returns inputs by reader."""
    import dataclasses

    from sketch_rnn_tf import config as config_lib
    from sketch_rnn_tf.data import tfrecord as records
    from sketch_rnn_tf.interop import js_format
    from sketch_rnn_tf.presets import preset
    from sketch_rnn_tf.training.workdir import Metadata

    objects = np.empty(2, object)
    objects[:] = [SKETCH, SKETCH[1:]]
    pickled = b"\1" + _npy(objects, allow_pickle=True)
    plain = _npz(a=SKETCH, b=np.stack([SKETCH, SKETCH]))
    pair = _npz(train_points=SKETCH, train_offsets=np.array([0, 1, 3]))
    path = readers.path_of("seed.tfrecord", b"")
    writer = records.write(path, [SKETCH, SKETCH[:2]], "cat", 1)
    writer.close()
    record = path.read_bytes()
    shapes = [(1, 123), (123,), (5, 4), (1, 4), (4,)]
    blobs = [base64.b64encode(np.zeros(shape, "<i2").tobytes()).decode() for shape in shapes]
    gen = json.dumps([{"mode": 2, "scale_factor": 3.5, "max_seq_len": 9, "name": "cat"}, shapes, blobs])
    assert js_format.parse(gen, "seed")
    metadata = json.dumps(dataclasses.asdict(Metadata(scale_factor=2.5, n_max=9, class_names=("cat",))))
    pointer = {"step": 1, "file": "step-1.npz", "sha256": "0" * 64, "best_cost": 1.5, "skipped": [3]}
    small = _npz(**{"model/a": np.arange(3.0), "optimizer/iterations": np.asarray(1)})
    return {
        "npz": [pickled, b"\2" + _npy(np.stack([SKETCH, SKETCH])), plain, pair],
        "ndjson": [
            b'{"word":"cat","countrycode":"US","recognized":true,"key_id":"5","drawing":[[[0,1,2],[0,5,0]],[[3],[4]]]}\n',
            b'{"drawing":[[[0.5,1e3],[-2,7],[0,16]]]}\n\n{"drawing":[[[1,2],[3,4]]]}\n',
        ],
        "json": [b"[[3,-4,0],[1,0,1]]", b"[[[3,-4,0],[1,0,1]],[[1,1,1]]]", b'{"drawing":[[[1,2],[3,4]]]}'],
        "csv": [b"sketch,stroke,x,y,time\n0,0,1,2,3\n0,0,5,6,7\n0,1,8,9,9\n1,0,1,1,1\n1,0,2,2,2\n"],
        "svg": [
            b'<svg viewBox="0 0 9 9"><g transform="translate(1 2) scale(2) rotate(5)"><path stroke="red" d="M0 0L5 5'
            b'C1 1 2 2 3 3Q4 4 5 6A3 3 0 0 1 9 9h2v-3z"/></g><use href="#a" x="3"/><defs><circle id="a" r="2"/></defs></svg>',
            b'<svg><rect width="4" height="5" rx="1"/><ellipse rx="2mm" ry="3"/><line x1="1" y2="2"/>'
            b'<polyline points="1 2 3,4"/><polygon style="stroke:red" points="0 0 1 1 2 0"/></svg>',
        ],
        "png": [_png(mode) for mode in ("L", "RGBA", "P", "1")],
        "config": [
            json.dumps(
                {"schema_version": 1, "model": {"decoder": {"cell": "hyper"}}, "loss": {"tail": 3}}
            ).encode(),
            config_lib.to_json(preset("quick")).encode(),
            b"=model.decoder.units=512\nloss.tail=full\ndata.sources=a,b",
            b"dec_model=hyper,dec_rnn_size=512,data_set=[cat.npz,dog.npz],use_recurrent_dropout=0,recurrent_dropout_prob=0.9",
        ],
        "metadata": [metadata.encode()],
        "checkpoint": [
            json.dumps(pointer).encode(),
            b"\1" + small,
            b"\2" + _npy(np.arange(6.0).reshape(2, 3)),
        ],
        "js_weights": [gen.encode(), f"var a = '{gen}';".encode()],
        "tfrecord": [record, b"\1" + record[12 : 12 + int.from_bytes(record[:8], "little")]],
    }


def main() -> None:
    for name, inputs in seeds().items():
        folder = readers.CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for place, data in enumerate(inputs):
            (folder / f"seed-{place}").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
