"""Files made to harm: refused in one sentence, in a process that may take two gigabytes more than it has and twenty seconds."""

import base64
import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
import zlib

import numpy as np
import pytest

from sketch_rnn_tf.config import Config, to_json
from sketch_rnn_tf.data.npz import write_npz

ROOM, SECONDS = 2 * 2**30, 20

READ_ANY = "from sketch_rnn_tf.data.reading import read_any as read"
READ_NPZ = "from sketch_rnn_tf.data.npz import read_npz as read"
READ_PHOTO = "from sketch_rnn_tf.data.photo import read_photo as read"
READ_JS = (
    "import pathlib\nfrom sketch_rnn_tf.interop import js_format\n"
    "read = lambda path: js_format.parse(pathlib.Path(path).read_text(), path)"
)
READ_RECORDS = "from sketch_rnn_tf.data import tfrecord\nread = lambda path: list(tfrecord.read(path))"
READ_CHECKPOINT = (
    "import pathlib\nfrom sketch_rnn_tf.training import checkpoints\n"
    "read = lambda path: checkpoints.load(pathlib.Path(path), 'last')"
)
READ_WORKDIR = "from sketch_rnn_tf.training.workdir import Workdir\nread = lambda path: Workdir(path).read()"

# One process a reader, which imports once and reads each file in a child of its own. The limit is set after the imports:
# TensorFlow's libraries alone claim gigabytes of addresses.
CODE = """
import json, os, resource, sys, time
{imports}
held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
for line in sys.stdin:
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_AS, (held + {room}, held + {room}))
        resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
        began = time.process_time()
        try:
            read(json.loads(line))
            said = "taken"
        except (ValueError, OSError) as error:
            said = f"refused: {{error}}"
        except BaseException as error:
            said = f"ended with {{error!r}}"
        print(json.dumps([said, time.process_time() - began]), flush=True)
        os._exit(0)
    ended = os.waitpid(child, 0)[1]
    if ended:
        print(json.dumps([f"killed: {{ended}}", 0]), flush=True)
"""

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs Linux's /proc")


@pytest.fixture(scope="module")
def reading():
    """Returns a function that reads a file with a reader, in a process of its own: what came of it, in seconds."""
    running = {}

    def read(imports, path):
        if imports not in running:
            code = CODE.format(imports=imports, room=ROOM)
            running[imports] = subprocess.Popen(
                [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        process = running[imports]
        process.stdin.write(json.dumps(str(path)) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield read
    for process in running.values():
        process.communicate(timeout=60)


@pytest.fixture
def refusal(reading):
    """Returns a function that gives the sentence with which a file is refused; anything else fails the test."""

    def sentence(imports, path) -> str:
        said, seconds = reading(imports, path)
        assert said.startswith("refused: ") and seconds < SECONDS, (said[:800], seconds)
        assert len(said) < 1000
        return said

    return sentence


def npy(shape, payload=b"", descr="<i2") -> bytes:
    """An npy member that claims a shape whatever its payload."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue() + payload


def archive(path, members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def test_archives_that_expand_a_thousandfold(refusal, tmp_path):
    bomb = npy((2**26, 3), bytes(2**26 * 6))
    path = archive(tmp_path / "a.npz", {"train.npy": bomb, "valid.npy": npy((0,)), "test.npy": npy((0,))})
    assert len(bomb) / path.stat().st_size > 900
    for imports in (READ_NPZ, READ_ANY):
        assert "grows from" in refusal(imports, path)


def test_an_archive_that_claims_more_than_it_holds(refusal, tmp_path):
    members = {f"{split}.npy": npy((10**9, 3)) for split in ("train", "valid", "test")}
    path = archive(tmp_path / "a.npz", members)
    assert "bytes for shape" in refusal(READ_ANY, path) or "expected" in refusal(READ_ANY, path)
    huge = zipfile.ZipFile(path)
    info = huge.infolist()[0]
    data = path.read_bytes().replace(struct.pack("<II", info.compress_size, info.file_size), b"\xf0" * 8)
    path.write_bytes(data)
    refusal(READ_NPZ, path)


def test_sketches_of_a_billion_points(refusal, tmp_path):
    lengths = np.array([0, 10**9])
    np.savez(tmp_path / "a.npz", train_points=np.zeros([4, 3], np.int16), train_offsets=lengths)
    assert "does not rise" in refusal(READ_ANY, tmp_path / "a.npz")
    line = tmp_path / "a.ndjson"
    with open(line, "w") as file:  # 10^9 points would be 4 GB: one line of a million says as much
        file.write('{"drawing":[[[' + "1," * 10**6 + "1],[" + "1," * 10**6 + "1]]]}")
    assert "expected at most 100000" in refusal(READ_ANY, line)
    svg = tmp_path / "a.svg"
    svg.write_text(
        '<svg><g id="a"><path stroke="red" d="M0 0L1 1"/></g>' + '<use href="#a"/>' * 99_000 + "</svg>"
    )
    assert "expected" in refusal(READ_ANY, svg) or "draw more than" in refusal(READ_ANY, svg)


@pytest.mark.slow
def test_a_pickle_that_would_run_a_command(refusal, tmp_path):
    mark = tmp_path / "ran"
    command = f"touch {mark}".encode()
    payload = b"cos\nsystem\n(V" + command + b"\ntR."
    body = npy((1,), payload, "|O")
    path = archive(tmp_path / "a.npz", {f"{split}.npy": body for split in ("train", "valid", "test")})
    assert "refused" in refusal(READ_NPZ, path)
    folder = tmp_path / "checkpoints"
    checkpoint(folder, {"model/a.npy": body})
    assert "refused" in refusal(READ_CHECKPOINT, folder)
    assert not mark.exists()


def checkpoint(folder, members, method=zipfile.ZIP_DEFLATED, **pointer):
    folder.mkdir()
    data = archive(folder / "step-1.npz", members, method).read_bytes()
    values = {"step": 1, "file": "step-1.npz", "sha256": hashlib.sha256(data).hexdigest(), **pointer}
    (folder / "last.json").write_text(json.dumps(values))


@pytest.mark.slow
def test_checkpoints(refusal, tmp_path):
    bomb = npy((2**27,), bytes(2**29), "<f4")
    checkpoint(tmp_path / "bomb", {"model/a.npy": bomb})
    assert "grows from" in refusal(READ_CHECKPOINT, tmp_path / "bomb")
    checkpoint(tmp_path / "claims", {"model/a.npy": npy((10**12,))})
    assert "bytes for shape" in refusal(READ_CHECKPOINT, tmp_path / "claims")
    for place, name in enumerate(("../step-1.npz", "/etc/passwd", "", "step-1.npz/..", 5, "step-1.npz\0")):
        checkpoint(tmp_path / f"leaves{place}", {"model/a.npy": npy((0,))}, file=name)
        assert "last.json is damaged" in refusal(READ_CHECKPOINT, tmp_path / f"leaves{place}")


@pytest.mark.slow
def test_workdirs(refusal, tmp_path):
    good = {"scale_factor": 1.0, "n_max": 9, "class_names": [], "start_token": [0, 0, 1, 0, 0], "files": []}
    (tmp_path / "config.json").write_text(to_json(Config()))
    for values in (
        {"n_max": 10**9}, {"n_max": 0}, {"scale_factor": float("nan")}, {"scale_factor": -1.0},
        {"n_max": float("inf")}, {"start_token": [0, 0]}, {"class_names": [5]}, {"machine": []}, {"files": [3]},
    ):  # fmt: skip
        (tmp_path / "metadata.json").write_text(json.dumps({**good, **values}))
        assert "metadata.json is missing or damaged" in _here(tmp_path), values
    (tmp_path / "metadata.json").write_text("[" * 10**6)
    assert "metadata.json is missing or damaged" in refusal(READ_WORKDIR, tmp_path)
    (tmp_path / "config.json").write_text("[" * 10**6)
    assert "the config is no JSON" in refusal(READ_WORKDIR, tmp_path)


def _here(folder) -> str:
    from sketch_rnn_tf.training.workdir import Workdir

    with pytest.raises(ValueError) as caught:
        Workdir(folder).read()
    return str(caught.value)


def test_weight_files(refusal, tmp_path):
    path = tmp_path / "a.gen.json"
    blob = base64.b64encode(b"\0\0").decode()
    for shapes, text in (
        ([[10**9, 123], [123], [5, 4], [1, 4], [4]], None),
        ([[2**62, 4], [123], [5, 4], [1, 4], [4]], None),
        ([[1e400], [1], [1], [1], [1]], None),
        (None, "[" * 10**6),
        (None, " " * 10**6 + "x"),
        (None, "a='" + "' " * 10**6 + "x"),
        (None, "var " * 10**6),
    ):
        path.write_text(text or json.dumps([{"mode": 2}, shapes, [blob] * 5]))
        assert "a.gen.json" in refusal(READ_JS, path)


@pytest.mark.slow
def test_images(refusal, tmp_path):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    path = tmp_path / "a.png"
    magic, end = b"\x89PNG\r\n\x1a\n", chunk(b"IEND", b"")
    for side in (60_000, 7_500):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
        path.write_bytes(magic + header + chunk(b"IDAT", zlib.compress(bytes(2**20))) + end)
        assert "cannot be read as an image" in refusal(READ_PHOTO, path)
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(x) print\n%%EOF\n")
    assert "cannot be read as an image" in refusal(READ_PHOTO, path)


@pytest.mark.slow
def test_records(refusal, tmp_path):
    def masked(data):
        crc = _crc32c(data)
        return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)

    path = tmp_path / "a.tfrecord"
    for length in (10**12, 2**63, 2**64 - 5, 10**7):
        header = struct.pack("<Q", length)
        path.write_bytes(header + masked(header) + b"abcd" * 9)
        assert "expected 610000 at most" in refusal(READ_RECORDS, path)


def _crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def test_sound_files_pass(reading, tmp_path):
    """The limits of these tests refuse nothing that is sound."""
    sketch = np.array([[1, 2, 0], [3, 4, 1]], np.int16)
    write_npz(tmp_path / "a.npz", {split: [sketch] * 1000 for split in ("train", "valid", "test")})
    assert reading(READ_NPZ, tmp_path / "a.npz")[0] == "taken"
