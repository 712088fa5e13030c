"""The repository ride-service with three commits: base, one that is right, one whose tests fail."""
import pathlib
import shutil
import subprocess

ENVIRONMENT = {"GIT_AUTHOR_NAME": "Jane Rider", "GIT_AUTHOR_EMAIL": "jane@example.com",
               "GIT_COMMITTER_NAME": "Jane Rider", "GIT_COMMITTER_EMAIL": "jane@example.com",
               "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "PATH": "/usr/bin:/bin"}


def git(where, *words):
    done = subprocess.run(["git", "-C", str(where), *words], env=ENVIRONMENT, check=True,
                          capture_output=True, text=True)
    return done.stdout.strip()


def make(folder):
    """Makes <folder>/repositories/ride-service.git and returns its commits by name."""
    folder = pathlib.Path(folder)
    work = folder / "work"
    shutil.copytree(pathlib.Path(__file__).parent / "ride-service", work)
    git(work, "init", "--quiet", "--initial-branch", "main")

    def commit(message):
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "--message", message)
        return git(work, "rev-parse", "HEAD")

    base = commit("Charge by the metre")
    (work / "README").write_text("What a ride costs.\n")
    commit("Say what this is <for riders>")
    (work / "README").write_text("What a ride costs, in cents.\n")
    good = commit("Name the unit & be done")
    (work / "rate").write_text("4\n")
    bad = commit("Raise the rate ``` <!channel>")
    bare = folder / "repositories" / "ride-service.git"
    git(folder, "clone", "--quiet", "--bare", str(work), str(bare))
    # As GitHub allows: any commit by its id.
    git(bare, "config", "uploadpack.allowAnySHA1InWant", "true")
    return {"base": base, "good": good, "bad": bad}
