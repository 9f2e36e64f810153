#!/bin/sh
# environment.sh REQUIREMENTS: .venv holds exactly what the pinned file asks for. Quick when it already does.
#
# PYTHON chooses the interpreter. What was installed stands in .venv/.installed: one line per requirements file, with its
# hash and the place of this checkout (a virtual environment that was moved does not work).
set -eu
cd "$(dirname "$0")/.."
requirements=$1
python=.venv/bin/python
stamp=.venv/.installed

say() { printf '%s\n' "$@" >&2; }

hash_of() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

version_of() { "$1" -c 'import sys; print(*sys.version_info[:2])'; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if is_new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    say "找不到 Python 3.11 或更新的版本${PYTHON:+（$PYTHON）}。请安装，或用 make PYTHON=/路径/python3 指定。" \
        "No Python 3.11 or newer was found${PYTHON:+ ($PYTHON)}. Install one, or name it: make PYTHON=/path/to/python3"
    exit 1
}

make_environment() {
    chosen=$(find_python)
    if "$chosen" -c 'import ensurepip' >/dev/null 2>&1; then
        rm -rf .venv
        "$chosen" -m venv .venv
    elif "$chosen" -m pip --python "$chosen" --version >/dev/null 2>&1; then
        rm -rf .venv
        "$chosen" -m venv --without-pip .venv # pip from outside does as well
    else
        say "这台机器的 Python 没有 venv。请先运行 sudo apt install python3-venv，再运行一次。" \
            "This machine's Python cannot make virtual environments. Run: sudo apt install python3-venv, then try again."
        exit 1
    fi
}

install() {
    if "$python" -c 'import pip' >/dev/null 2>&1; then
        set -- "$python" -m pip
    else
        chosen=$(find_python)
        set -- "$chosen" -m pip --python "$python"
    fi
    "$@" install -qq --no-input --disable-pip-version-check --no-warn-script-location -r "$requirements"
}

wanted="$requirements $(hash_of "$requirements") $PWD"
if command -v flock >/dev/null; then # two calls at once: the second waits and finds it done
    exec 9<"$requirements"
    flock 9
fi
if [ -e "$stamp" ] && ! grep -qF " $PWD" "$stamp"; then
    make_environment
elif ! is_new_enough "$python"; then
    make_environment
elif [ -n "${PYTHON:-}" ]; then
    chosen=$(find_python)
    [ "$(version_of "$chosen")" = "$(version_of "$python")" ] || make_environment
fi
if [ -e "$stamp" ] && grep -qxF "$wanted" "$stamp"; then
    exit 0
fi
say "安装依赖包（第一次约半分钟）… Installing packages (the first time about half a minute)…"
if ! install; then
    say "没有装成。没有外网时，用 PIP_INDEX_URL 指定一个镜像。" \
        "The packages could not be installed. Without the open internet, name a mirror in PIP_INDEX_URL."
    exit 1
fi
{ grep -v "^$requirements " "$stamp" 2>/dev/null || true; echo "$wanted"; } >"$stamp.new"
mv "$stamp.new" "$stamp"
