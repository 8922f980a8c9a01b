"""Runs a command and writes down the peak of its memory.

    python3 peak_memory.py REPORT COMMAND...

Writes two numbers into REPORT: the command's returncode as in subprocess, and
its peak of resident memory in KiB. A process of its own starts the command,
because the kernel counts the memory of a process that forks also for its child
(getrusage(2), ru_maxrss), and a test's memory may have grown.
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
