"""Runs a command and notes the most memory that it took.

    python3 peak_memory.py REPORT COMMAND...

REPORT gets two numbers: how the command ended, as subprocess's returncode, and
its peak of resident memory in KiB. It is measured from a process of its own,
because the kernel counts the memory of a process that forks as its child's too
(getrusage(2), ru_maxrss), and a test may have grown.
"""

import os
import sys


def main():
    report, *command = sys.argv[1:]
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    with open(report, "w", encoding="utf-8") as file:
        file.write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}")


if __name__ == "__main__":
    main()
