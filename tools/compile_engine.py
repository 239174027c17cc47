"""Compiles the modules of the inspection engine that every message passes, beside their sources.

    python tools/compile_engine.py            # needs a C compiler and Python's headers
    python tools/compile_engine.py --clean    # the sources count again

What is compiled is the same code (mypyc, MIT). Without a compiler everything works, and texts are read a quarter slower:
this then says so, ends well, and tries again the next time. Python prefers what is compiled whatever has become of the
source, so the digest of the sources stands beside it and tests refuse to run where it differs.
"""

import hashlib
import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src"
ENGINE = SOURCES / "guiju" / "modules" / "inspection"
GROUP = "guiju_engine"
DIGEST = ENGINE / "compiled.txt"
# What takes most of the time of a message or of a long text, and what these call within a text.
MODULES = (
    "_addresses", "_amounts", "_boundary", "_codes", "_compile", "_cues", "_decoding", "_digits",
    "_disguised_markings", "_echoes", "_english_markings", "_english_names", "_excerpts", "_expressions",
    "_fillers", "_findings", "_fold", "_garbage", "_gate", "_glances", "_holes", "_hosts", "_ids", "_joints", "_kinds",
    "_latin", "_lexicon", "_link_rules", "_links", "_mail", "_markings", "_masking", "_names", "_numbers",
    "_parts", "_passage", "_passwords", "_phones", "_pieces", "_places", "_plates", "_relaxed", "_rosters",
    "_secrets", "_streams", "_surroundings", "_tables", "_terms", "_written",
)  # fmt: skip


def digest() -> str:
    """Of the sources that are compiled, and of how."""
    found = hashlib.sha256(Path(__file__).read_bytes())
    for name in MODULES:
        found.update((ENGINE / f"{name}.py").read_bytes())
    return found.hexdigest()


def compiled() -> list[Path]:
    """What was compiled, of whatever version."""
    return [*ENGINE.glob("*.so"), *SOURCES.glob(f"{GROUP}__mypyc*.so"), *ENGINE.glob(DIGEST.name)]


def is_current() -> bool:
    """Nothing is compiled, or what is comes from the sources as they are."""
    return not compiled() or (DIGEST.exists() and DIGEST.read_text(encoding="ascii") == digest())


def missing() -> str | None:
    """What nothing can be compiled without, if it is not here: asked before the sources are translated, which takes long."""
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"there is no C compiler ({compiler})"
    header = Path(sysconfig.get_path("include")) / "Python.h"
    return None if header.exists() else f"Python's headers are missing ({header})"


def clean() -> None:
    """Take away what was compiled."""
    for path in compiled():
        path.unlink()


def build() -> None:
    """Compile all modules as one group. Raises what the compiler raises, or SystemExit."""
    from mypyc.build import mypycify  # noqa: PLC0415  # cleaning needs neither
    from setuptools import Distribution  # noqa: PLC0415

    made = digest()
    clean()
    os.chdir(ROOT)
    paths = [str((ENGINE / f"{name}.py").relative_to(ROOT)) for name in MODULES]
    with tempfile.TemporaryDirectory(prefix="guiju-engine-") as work:
        modules = mypycify(
            paths, opt_level="1", debug_level="0", group_name=GROUP, multi_file=True, target_dir=work
        )  # fmt: skip
        about = {"name": GROUP, "ext_modules": modules, "package_dir": {"": "src"}}
        command = Distribution(about).get_command_obj("build_ext")
        command.inplace, command.parallel = True, os.cpu_count()
        command.build_temp = command.build_lib = work
        command.ensure_finalized()
        command.run()
    DIGEST.write_text(made, encoding="ascii")


def main() -> None:
    if "--clean" in sys.argv:
        clean()
    elif not (compiled() and is_current()):
        try:
            if lack := missing():
                raise SystemExit(lack)
            build()
        except (Exception, SystemExit) as reason:  # noqa: BLE001  # whatever it is, the sources work
            clean()
            print(
                f"The inspection engine stays uncompiled, which is slower: {reason}",
                file=sys.stderr,
            )


if __name__ == "__main__":
    main()
