"""What a built package carries beyond the checkout: translations and the font."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[misc]
    """Compiles the .po files and fetches the front-end files when npm is there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        package = root / "src" / "habaring"
        _load(package / "config" / "messages.py").compile_all(package)
        if any((package / "web" / "static" / "vendor").glob("*.woff2")):
            return
        if shutil.which("npm") and (root / "package-lock.json").exists():
            dev = _load(root / "dev.py")
            dev.VENDOR.mkdir(parents=True, exist_ok=True)
            dev.fetch_front_end("run", ["npm"])
        else:
            self.app.display_warning("No npm here: built without the font.")


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
