// Tests the classes of rows, from texts and from files.
#include "apps/tables/class_file.h"

#include <filesystem>
#include <fstream>

#include "apps/failure.h"
#include "apps/formats/npy.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

namespace fs = std::filesystem;

// A file in a folder of its own, which is removed at the end.
struct File {
  std::string text(const std::string& name, const std::string& content) const {
    std::ofstream(folder / name) << content;
    return folder / name;
  }
  std::string array(const NdArray& array) const {
    write_npy(folder / "a.npy", array);
    return folder / "a.npy";
  }
  TestFolder own{};
  fs::path folder = own.path();
};

std::string fault(const std::string& path) {
  try {
    read_class_file(path, 2);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("classes have the order of numbers or of letters") {
  const RowClasses numbers = make_classes({"10", "9", "10"});
  CHECK(numbers.names == std::vector<std::string>{"9", "10"});
  CHECK(numbers.labels == std::vector<int>{1, 0, 1});
  CHECK(make_classes({"b", "a", "10"}).names == std::vector<std::string>{"10", "a", "b"});
}

TEST_CASE("classes are read from a table of one column and from an NPY file") {
  const File file;
  const RowClasses texts =
      read_class_file(file.text("l.csv", "species\nsetosa\nvirginica\nsetosa\n"), 3);
  CHECK(texts.names == std::vector<std::string>{"setosa", "virginica"});
  CHECK(texts.labels == std::vector<int>{0, 1, 0});
  CHECK(read_class_file(file.text("l.csv", "b\na\nb\n"), 3).labels == std::vector<int>{1, 0, 1});
  const RowClasses numbers = read_class_file(file.array({{3, 1}, {7, 3, 7}}), 3);
  CHECK(numbers.names == std::vector<std::string>{"3", "7"});
  CHECK(numbers.labels == std::vector<int>{1, 0, 1});
  CHECK_THAT(fault(file.array({{2, 2}, {1, 2, 3, 4}})),
             Contains("a.npy: it has shape (2, 2); give one class for each row, (N,)"));
  CHECK_THAT(fault(file.array({{2}, {1, 1.5}})),
             Contains("row 1 is 1.5; classes are whole numbers"));
  CHECK_THAT(fault(file.text("two.csv", "a,b\n1,2\n")),
             Contains("two.csv: it has 2 columns; name that of the classes with the key label"));
}

TEST_CASE("classes are read from a column of a table, by name or number") {
  const File file;
  const std::string named = file.text("n.csv", "word,kind\nfig,fruit\noak,tree\nplum,fruit\n");
  CHECK(read_class_file(named, 3, "kind").names == std::vector<std::string>{"fruit", "tree"});
  CHECK(read_class_file(named, 3, "kind").labels == std::vector<int>{0, 1, 0});
  CHECK(read_class_file(file.text("m.csv", "fig,fruit\noak,tree\n"), 2, "1").labels ==
        std::vector<int>{0, 1});
  CHECK_THROWS_WITH(read_class_file(named, 3, "sort"),
                    Contains("there is no column \"sort\"; choose from word, kind"));
  CHECK_THROWS_WITH(read_class_file(file.array({{2}, {1, 2}}), 2, "kind"),
                    Contains("an NPY file has no column \"kind\""));
  CHECK_THROWS_WITH(read_class_file(file.text("e.csv", "a,b\n1,\n2,x\n"), 2, "b"),
                    Contains("the class in line 2 is empty; give each row a class"));
}
