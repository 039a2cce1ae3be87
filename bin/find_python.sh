# Sourced by the scripts beside it: goes to the project's root and sets PYTHON to Python 3.11 or newer.
cd "$(dirname "$0")/.."

PYTHON=
for candidate in "${DANZHU_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        PYTHON=$candidate
        break
    fi
done
if [ -z "$PYTHON" ]; then
    echo "Python 3.11 or newer is needed and was not found. DANZHU_PYTHON=/path/to/python names one." >&2
    exit 2
fi
