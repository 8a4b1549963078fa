"""What the end-to-end tests share: a private directory, the program, and the default model."""

import json
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ.get("SEMEME_PROGRAM") or str(Path(__file__).parents[2] / "build" / "release" / "sememe")
GOLDEN = Path(__file__).parents[1] / "golden"
DOCS = Path(__file__).parents[2] / "docs"
TINY = GOLDEN / "models" / "tiny-bert"
DEFAULT_MODEL = "all-minilm-l6-v2"


def sememe_home():
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return os.environ.get("SEMEME_HOME") or str(Path(data) / "sememe")


def default_model_is_installed():
    return (Path(sememe_home()) / "models" / DEFAULT_MODEL / "model.safetensors").exists()


# For tests that work the default model for minutes under a sanitizer; the tiny models go the same ways.
needs_speed = unittest.skipIf(os.environ.get("SEMEME_SANITIZED"), "takes minutes under a sanitizer")
needs_model = unittest.skipUnless(default_model_is_installed(), "the default model is not installed: make model")


class Result:
    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out[:2000]}\n--- stderr\n{self.err[:2000]}"


class SememeTest(unittest.TestCase):
    """Each test runs in a directory of its own that goes with it."""

    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="sememe-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.directory), "LC_ALL": "C.UTF-8",
                            "SEMEME_HOME": sememe_home()}
        for name in ("SEMEME_ISA", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def write(self, name, content):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_sememe(self, *arguments, stdin="", env=None, cwd=None, preexec_fn=None, timeout=300, program=PROGRAM):
        process = subprocess.run(
            [str(program), *map(str, arguments)], input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True, cwd=cwd or self.directory, env={**self.environment, **(env or {})},
            preexec_fn=preexec_fn, timeout=timeout)
        process.stdout = process.stdout.decode()
        process.stderr = process.stderr.decode()
        return Result(process)

    def expect(self, code, *arguments, **options):
        result = self.run_sememe(*arguments, **options)
        self.assertEqual(result.code, code, result)
        return result

    def expect_error(self, code, text, *arguments, **options):
        """The program fails with this exit code and a message, on stderr only, that has this text in it."""
        result = self.expect(code, *arguments, **options)
        self.assertIn(text, result.err, result)
        return result

    def index(self, *arguments, **options):
        return self.expect(0, "index", "--model", TINY, "--json", *arguments, **options).json

    def search(self, query, *arguments, **options):
        return self.expect(0, "search", "--json", query, *arguments, **options).json["results"]


def limit_file_size(size):
    """A full disk without a disk: writes past `size` bytes fail."""
    def apply():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return apply


def become_nobody():
    """root reads every file; run as somebody who does not."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
