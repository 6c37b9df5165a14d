"""What a benchmark ran on, in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("torch", "transformers", "numpy", "pillow", "scikit-learn", "pandas")


def describe_machine(device: str = "cpu") -> str:
    """Processor, cores, memory, system, Python and package versions; the GPU where `device` names one.

    Parameters
    ----------
    device : str
        Where the benchmark computed: "cpu", "cuda", "cuda:1", "mps".
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [_processor(), f"{cores} cores", *_memory(), platform.platform(aliased=True, terse=True)]
    if device.startswith("cuda"):
        import torch

        parts.append(f"GPU {torch.cuda.get_device_name(device)}")
    elif device != "cpu":
        parts.append(f"device {device}")
    parts.append(f"Python {platform.python_version()}")
    for package in _PACKAGES:
        try:
            parts.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            parts.append(f"no {package}")
    return ", ".join(parts)


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _memory() -> list[str]:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return []
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [f"{gigabytes:.0f} GB memory"]
