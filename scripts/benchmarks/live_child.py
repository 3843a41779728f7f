"""``python -m benchmarks.live_child``: measures training, with the window or without.

The process that trains for the window imports this file too, as any program's main module, and so
knows the same samples; that is why Qt is imported only where a window is opened.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks.headless import train_alone
from benchmarks.live_workloads import LIVE_WORKLOADS, register_pictures

register_pictures()


def main(task: dict[str, Any]) -> int:
    """Measure what the task says, and print what was found."""
    if task["kind"] == "opening":
        from benchmarks.live_opening import watch_opening

        print(json.dumps(watch_opening(task)))
        return 0
    workload = LIVE_WORKLOADS[task["workload"]]
    if task["kind"] == "headless":
        found = train_alone(workload, task["warm_up"], task["seconds"])
    elif task["kind"] == "memory":
        from benchmarks.live_memory import watch_memory

        found = watch_memory(task)
    else:
        from benchmarks.live_window import watch_window

        found = watch_window(workload, task)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
