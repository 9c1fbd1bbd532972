"""Whose account the embedded server runs under. PostgreSQL refuses to run as root."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from habaring.config.stop import SetupStop

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Identity:
    """How a child process takes its account. `uid` is the owner that files get.

    `mapped` is the number that the user namespace shows for root, or None when the
    account is simply taken (or is ours already).
    """

    uid: int
    gid: int
    mapped: int | None = None

    def enter(self) -> None:
        """Run in the child, between fork and exec."""
        if self.mapped is not None:
            _enter_namespace(self.mapped)
        elif os.geteuid() == 0 and self.uid != 0:
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)

    def enter_and_follow(self) -> None:
        """As `enter`; the child is told to shut down when its parent dies (Linux)."""
        self.enter()
        follow_parent(signal.SIGINT)

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def make_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700)
        self.own(path)


def follow_parent(number: int) -> None:
    """Ask the kernel to send this signal when the parent ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def choose_identity(cluster: Path | None) -> Identity:
    """The owner of an existing database, else ourselves, else root made ordinary."""
    us = Identity(os.geteuid(), os.getegid())
    owner = cluster.stat() if cluster is not None else None
    if us.uid != 0:
        if owner is not None and owner.st_uid != us.uid:
            raise SetupStop(
                f"The database in {cluster} belongs to {_name(owner.st_uid)}.",
                why="Only that account, or root, can open it.",
                next="Run this as that account, or choose another folder with --data.",
            )
        return us
    if owner is not None and owner.st_uid != 0:
        return Identity(owner.st_uid, owner.st_gid)
    root = Identity(0, 0, _ordinary_account().pw_uid)
    if namespaces_allowed(root):
        return root
    nobody = _ordinary_account()
    identity = Identity(nobody.pw_uid, nobody.pw_gid)
    if cluster is not None:
        _hand_over(cluster, identity)
    return identity


def namespaces_allowed(identity: Identity) -> bool:
    """Try it: many containers refuse user namespaces."""
    if os.environ.get("HABARING_NO_NAMESPACE") or sys.platform != "linux":
        return False
    try:
        return (
            subprocess.run(
                ["/bin/true"], check=False, preexec_fn=identity.enter
            ).returncode
            == 0
        )
    except (subprocess.SubprocessError, OSError):
        return False


def reachable(folder: Path, identity: Identity) -> bool:
    """Can this account enter the folder? Asked of the kernel, not worked out."""
    tried = subprocess.run(  # noqa: S603 - fixed words and a folder of ours
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        check=False,
        stderr=subprocess.DEVNULL,
        cwd="/",
        preexec_fn=identity.enter,
    )
    return tried.returncode == 0


def _enter_namespace(shown: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{shown} 0 1")
    Path("/proc/self/gid_map").write_text(f"{shown} 0 1")


def _ordinary_account() -> pwd.struct_passwd:
    """`nobody`, or any account but root: PostgreSQL asks for its name."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("nobody")
    for account in pwd.getpwall():
        if account.pw_uid != 0:
            return account
    raise SetupStop(
        "This machine has no account but root.",
        why="PostgreSQL refuses to run as root.",
        next="Make an account (`useradd habaring`), or set DATABASE_URL.",
    )


def _hand_over(cluster: Path, identity: Identity) -> None:
    """A database made inside a namespace, on a kernel that refuses them now."""
    for folder, _, names in os.walk(cluster):
        identity.own(Path(folder))
        for name in names:
            identity.own(Path(folder) / name)


def _name(uid: int) -> str:
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return f"account {uid}"
