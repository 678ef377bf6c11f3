// Tests that a command recognises one file under two names: by path, links, hard links, case,
// streams, or as a file of a run.
#include "apps/cli/files.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "apps/failure.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;
namespace fs = std::filesystem;

namespace {

void put(const std::string& path, const std::string& text = "x") {
  write_file_atomically(posix(), path, text);
}

NamedFile out(const std::string& path) { return {"--out", path, FileUse::writes}; }
NamedFile loglik(const std::string& path) { return {"--loglik", path, FileUse::writes}; }
NamedFile points(const std::string& path) { return {"--points", path, FileUse::reads}; }

std::string refusal(const std::vector<NamedFile>& files, FileSystem& system = posix()) {
  try {
    check_files(files, system);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::usage);
    return failure.what();
  }
  return "";
}

// A file system that ignores case in one folder. It stores all names in this folder in lower case.
class IgnoresCase : public FileSystem {
 public:
  explicit IgnoresCase(std::string folder) : folder_(std::move(folder)) {}
  int open(const char* path, int flags, mode_t mode) override {
    return FileSystem::open(small(path).c_str(), flags, mode);
  }
  int stat(const char* path, FileStatus& status) override {
    return FileSystem::stat(small(path).c_str(), status);
  }
  int unlink(const char* path) override { return FileSystem::unlink(small(path).c_str()); }

 private:
  // Keeps the folder's own name, which may have capitals, and makes the rest lower case.
  std::string small(const std::string& path) const {
    std::string name = path;
    const auto first = name.begin() + static_cast<std::ptrdiff_t>(folder_.size());
    if (path.starts_with(folder_))
      std::transform(first, name.end(), first,
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
  }
  std::string folder_;
};

}  // namespace

TEST_CASE("two names of one file are refused: by path, link or hard link", "[files]") {
  const TestFolder folder;
  put(folder / "points.npy");
  fs::create_directories(folder / "sub");
  fs::create_symlink("points.npy", folder / "link.npy");
  fs::create_hard_link(folder / "points.npy", folder / "hard.npy");
  fs::create_directory_symlink(folder / "sub", folder / "also");
  const std::string read = ", which would be read and then written over; give two different files";
  // The two outputs are one file, although it does not exist yet.
  CHECK(refusal({out(folder / "a.npy"), loglik(folder / "a.npy")}) ==
        "[file] --out and --loglik are both " + (folder / "a.npy") + "; give two different files");
  CHECK(refusal({out(folder / "a.npy"), loglik(folder / "./a.npy")}) ==
        "[file] --out " + (folder / "a.npy") + " and --loglik " + (folder / "./a.npy") +
            " are one file; give two different files");
  CHECK_FALSE(refusal({out(folder / "sub/a.npy"), loglik(folder / "also/a.npy")}).empty());
  CHECK_FALSE(refusal({out(folder / "sub/../a.npy"), loglik(folder / "a.npy")}).empty());
  // The command reads points.npy, so it may not write this file under any of its names.
  for (const char* name : {"points.npy", "./points.npy", "link.npy", "hard.npy", "sub/../link.npy"})
    CHECK(lacks(refusal({points(folder / "points.npy"), out(folder / name)}), read) == "");
  // A command may write different files, read one file twice, or leave both outputs out.
  CHECK(refusal({points(folder / "points.npy"), out(folder / "other.npy"),
                 loglik(folder / "sub/other.npy")}) == "");
  CHECK(refusal({points(folder / "points.npy"), points(folder / "hard.npy")}) == "");
  CHECK(refusal({out(""), loglik("")}) == "");
  CHECK(refusal({out("/dev/null"), loglik("/dev/null")}) == "");
}

TEST_CASE("names that differ only in case are one file if the file system ignores case",
          "[files]") {
  const TestFolder folder;
  IgnoresCase ignores(folder.path());
  CHECK(refusal({out(folder / "X.npy"), loglik(folder / "x.npy")}) == "");
  CHECK_FALSE(refusal({out(folder / "X.npy"), loglik(folder / "x.npy")}, ignores).empty());
  put(folder / "p.npy");
  CHECK_FALSE(refusal({points(folder / "p.npy"), out(folder / "P.npy")}, ignores).empty());
  CHECK(refusal({out(folder / "X.npy"), loglik(folder / "y.npy")}, ignores) == "");
  CHECK(list_folder(posix(), folder.path()) == std::vector<std::string>{"p.npy"});
}

TEST_CASE("a verb that reads a run also reads the run's own files and its data files", "[files]") {
  const TestFolder folder;
  fs::create_directories(folder / "run/checkpoints");
  put(folder / "rows.csv", "1,2\n3,4\n");
  put(folder / "run/config.json",
      R"({"data": {"type": "csv", "path": ")" + (folder / "rows.csv") + R"("}})");
  put(folder / "run/checkpoints/step-00000001.safetensors");
  const NamedFile run{"run", folder / "run", FileUse::inside};
  for (const char* name : {"run/config.json", "run/model.safetensors", "run/metrics.jsonl",
                           "run/checkpoints/step-00000001.safetensors", "rows.csv"}) {
    INFO(name);
    CHECK_FALSE(refusal({run, out(folder / name)}).empty());
  }
  CHECK_THROWS_WITH(check_files({run, out(folder / "run/samples/a.npy")}),
                    Contains("[file] cannot write " + (folder / "run/samples/a.npy") +
                             ": No such file or directory"));
  fs::create_directories(folder / "run/samples");
  CHECK(refusal({run, out(folder / "run/samples/a.npy")}) == "");
  const NamedFile config{"config", folder / "run/config.json", FileUse::inside};
  CHECK_FALSE(refusal({config, out(folder / "run/config.json")}).empty());
  CHECK_FALSE(refusal({config, out(folder / "rows.csv")}).empty());
}
