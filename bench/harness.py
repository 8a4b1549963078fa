"""What the races share: contenders as child processes, the machine's description, and result files.

A contender is a program that loads its model, makes one result, prints {"ready": ...} and then answers one command a
line (words separated by tabs) with one JSON object a line. It sleeps between commands, so that many contenders can
stand loaded while one of them works: rounds alternate between them and see the same noise of the machine.
"""

import datetime
import json
import os
import pathlib
import platform
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

# One thread everywhere, whatever a library's own default is.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class Contender:
    """One child process. Raises RuntimeError when it dies; its messages go to this process's standard error.

    environment: variables besides this process's own. before: called in the child before its program starts.
    """

    def __init__(self, name, command, environment=ONE_THREAD, before=None):
        self.name = name
        self.command = [str(word) for word in command]
        began = time.perf_counter()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | environment,
            preexec_fn=before,
        )
        self.about = self._answer()
        self.start_seconds = time.perf_counter() - began

    def _answer(self):
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"{self.name}: expected an answer, the process ended with {self.process.wait()}")
            if line.startswith("{"):  # libraries print notices of their own
                return json.loads(line)

    def ask(self, *words):
        self.process.stdin.write("\t".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def _cpu_fields():
    fields = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines():
        name, _, value = line.partition(":")
        fields[name.strip()] = value.strip()
    return fields


def machine():
    """CPU model, cores and the instruction sets that decide speed."""
    fields = _cpu_fields()
    telling = ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16", "amx_int8")
    memory_kib = next(
        int(line.split()[1]) for line in pathlib.Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line
    )
    return {
        "cpu": fields.get("model name", platform.machine()),
        "family": f"{fields.get('vendor_id')} family {fields.get('cpu family')} model {fields.get('model')}",
        "cores": len(os.sched_getaffinity(0)),
        "flags": [flag for flag in telling if flag in fields.get("flags", "").split()],
        "memory_gib": round(memory_kib / 2**20, 1),
        "system": f"{platform.system()} {platform.release()}",
        "load_average": os.getloadavg(),
    }


def commit():
    done = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def default_model():
    home = os.environ.get("SEMEME_HOME")
    data = pathlib.Path(os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share")
    return (pathlib.Path(home) if home else data / "sememe") / "models" / "all-minilm-l6-v2"


def write_result(path, result):
    path.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    head = {"date": now.strftime("%Y-%m-%d %H:%M UTC"), "commit": commit(), "machine": machine()}
    path.write_text(json.dumps(head | result, indent=1) + "\n")
    print(f"\nwritten: {path}")


def default_result(name):
    return ROOT / "bench" / "runs" / datetime.date.today().isoformat() / f"{name}.json"


def print_table(head, rows):
    """Markdown, with columns as wide as their widest cell: the same text serves the terminal and the documentation."""
    cells = [head] + rows
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths)) for row in cells]
    print(f"| {lines[0]} |")
    print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    for line in lines[1:]:
        print(f"| {line} |")
