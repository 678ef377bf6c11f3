"""Every wrong call of wrong_kernel.cpp is an error of the __float128 build that names the cure.

usage: wrong_kernel.py COMPILER ROOT
"""
import pathlib, re, subprocess, sys

compiler, root = sys.argv[1:]
source = pathlib.Path(root, "tests/exam/wrong_kernel.cpp")


def compiled(*options):
    """The compiler's exit code and what it says of the kernels as part of the __float128 build."""
    command = [compiler, "-std=c++20", "-fsyntax-only", "-DPUSHFORWARD_REAL=128", "-I", root, *options, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    return done.returncode, done.stderr


code, said = compiled("-DRIGHT")
if code != 0:
    sys.exit("[wrong_kernel] calls of scalar:: must compile; the compiler says:\n" + said)

code, said = compiled()
# An error names the line that called first ("wrong_kernel.cpp:15:20: required from here") and then the cure.
errors = re.findall(r"wrong_kernel\.cpp:(\d+):\d+: +required from here\n.*?static assertion failed: ([^\n]*)", said, re.S)
missing = [f"line {number}: {line.strip()}" for number, line in enumerate(source.read_text().splitlines(), 1)
           if (cure := re.search(r"// (call .*)", line))
           and not any(int(at) == number and cure[1] in text for at, text in errors)]
if code == 0 or missing or not errors:
    sys.exit("[wrong_kernel] these lines compile, or their error does not name the cure:\n" + "\n".join(missing) +
             "\nthe compiler says:\n" + said)
print(f"{len(errors)} wrong calls, {len(errors)} errors that name the cure")
