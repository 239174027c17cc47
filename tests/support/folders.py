"""Where tests keep their files."""

import os
import shutil
from typing import Final

_MEMORY: Final = "/dev/shm"
_ENOUGH: Final = 4 << 30
# Flushes cost nothing in memory, and no test takes the machine's power away. None stands for the system's own folder.
FAST: Final = (
    _MEMORY if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH else None
)
