"""What the command `guiju` runs."""

import gc
import importlib


def main() -> None:
    """Load the program with the cycle collector at rest, then run it.

    Loading makes hundreds of thousands of objects and no garbage; to walk through them again and again is a fifth of it.
    """
    gc.disable()
    cli = importlib.import_module("guiju.cli")
    gc.freeze()
    gc.enable()
    cli.main()
