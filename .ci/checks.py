"""Every check, then the tests; all of them run, whatever the ones before said.

`python .ci/checks.py TEST-COMMAND…`, called by `python3 dev.py check`.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CLOSING_LINE = re.compile(
    r"^(=+ )?.*\b\d+ (passed|failed|errors?|skipped)\b.* in [\d.]+s.*$"
)


def main(test_command: list[str]) -> int:
    failed = [name for name, check in checks().items() if not told(name, check)]
    begun = time.monotonic()
    code, closing = tee(test_command)
    tell("tests", code == 0, time.monotonic() - begun)
    if code:
        failed.append("tests")
    print("Failed: " + ", ".join(failed) if failed else "Everything is in order.")
    if closing:
        print(closing, flush=True)  # as pytest wrote it, and last
    return 1 if failed else 0


def checks() -> dict[str, Callable[[], tuple[bool, str]]]:
    templates = sorted(map(str, (ROOT / "src").glob("**/templates/**/*.html")))
    typed = ["src", "tests", "benchmarks", "dev.py", "hatch_build.py", ".ci/checks.py"]
    habaring = [sys.executable, "-W", "ignore::RuntimeWarning", "-m", "habaring.cli"]
    commands: dict[str, list[object]] = {
        "format": [BIN / "ruff", "format", "--check", "."],
        "lint": [BIN / "ruff", "check", "."],
        "types": [BIN / "mypy", *(name for name in typed if (ROOT / name).exists())],
        "walls": [BIN / "lint-imports"],
        "templates": [BIN / "djade", "--target-version", "5.2", "--check", *templates],
        "template lint": [BIN / "djlint", "--quiet", "--lint", *templates],
        "migrations": [*habaring, "makemigrations", "--check", "--dry-run"],
        "translations": [sys.executable, "-m", "habaring.config.messages", "check"],
    }
    made = {
        name: program([str(word) for word in words]) for name, words in commands.items()
    }
    return {**made, "links in documents": links}


def program(words: list[str]) -> Callable[[], tuple[bool, str]]:
    def run() -> tuple[bool, str]:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=ROOT,
            check=False,
        )
        return done.returncode == 0, done.stdout.rstrip()

    return run


def told(name: str, check: Callable[[], tuple[bool, str]]) -> bool:
    begun = time.monotonic()
    good, words = check()
    tell(name, good, time.monotonic() - begun)
    if not good:
        print(words, flush=True)
    return good


def tell(name: str, good: bool, seconds: float) -> None:
    print(f"  {'ok    ' if good else 'FAILED'} {name} ({seconds:.1f} s)", flush=True)


def tee(command: list[str]) -> tuple[int, str]:
    """Shown as it comes; gives the exit code and pytest's closing line."""
    closing = ""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        for raw in process.stdout or ():
            line = raw.decode(errors="replace")
            print(line, end="", flush=True)
            if CLOSING_LINE.match(line.strip()):
                closing = line.rstrip()
    return process.returncode, closing


def links(root: Path = ROOT) -> tuple[bool, str]:
    """Every relative link in the documents leads to a file."""
    broken = []
    for page in [*root.glob("*.md"), *root.glob("docs/**/*.md")]:
        text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            outside = "://" in target or target.startswith("mailto:")
            if not outside and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(root)}: {target} is not there")
    return not broken, "\n".join(broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
