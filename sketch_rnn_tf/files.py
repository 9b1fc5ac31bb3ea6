"""Writing files so that a kill at any moment leaves the old one or the new one, never half of one."""

import os
import pathlib
import tempfile
from collections.abc import Iterable


def write_atomically(path, data: str | bytes | Iterable[bytes]) -> None:
    """Writes a file under a temporary name in its folder, flushes it to disk, and renames it into place.

    Args:
        path: the file; its folder must exist.
        data: text (written as UTF-8), bytes, or pieces of bytes one after another.

    Raises:
        OSError: the folder is missing, read-only or full; nothing is left behind.
    """
    path = pathlib.Path(path)
    data = data.encode("utf-8") if isinstance(data, str) else data
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException as error:
        os.unlink(temporary)
        if isinstance(error, OSError) and error.errno and error.filename is None:
            # A write that finds no room does not say where.
            raise OSError(
                error.errno, f"{error.strerror}; make room or choose another folder", str(path)
            ) from error
        raise
    _sync_folder(path.parent)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: pathlib.Path) -> None:
    """Makes the rename itself durable, where the system lets a folder be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
