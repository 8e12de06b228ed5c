#!/bin/sh
# Prints a Python that can make an environment for Heard: 3.11 or newer, with venv. Otherwise says what to install.
# PYTHON=/path/to/python, when set, is the only one that is asked.
set -u

without_venv=""
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3.14 python3 python}; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    if "$candidate" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        echo "$candidate"
        exit 0
    fi
    [ -n "$without_venv" ] || without_venv=$candidate
done

if [ -n "$without_venv" ]; then
    version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Heard found Python $version, but it cannot make virtual environments." >&2
    echo "Install that part and try again; on Debian and Ubuntu: sudo apt install python$version-venv" >&2
else
    echo "Heard needs Python 3.11 or newer, but ${PYTHON:-none on this machine} is not." >&2
    echo "Install one from your system or https://www.python.org/downloads/, or name yours: make PYTHON=/path/to/python3.12 …" >&2
fi
exit 1
