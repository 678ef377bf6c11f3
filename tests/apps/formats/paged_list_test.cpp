// Tests lists that move to a file when they become large: their elements, their errors, and texts that are
// mapped.
#include "apps/formats/paged_list.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/formats/stored_text.h"
#include "apps/tables/csv.h"
#include "apps/tables/typed_csv.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Sets the size from which lists are in files, and their folder, until the end of the test.
class LowPages {
 public:
  explicit LowPages(std::size_t least, const std::string& folder = {}) : before_(paged_settings()) {
    paged_settings() = {least, folder};
  }
  ~LowPages() { paged_settings() = before_; }
  LowPages(const LowPages&) = delete;
  LowPages& operator=(const LowPages&) = delete;

 private:
  PagedSettings before_;
};

// The text "a,b\n1,2\n", compressed by Python's gzip module.
const std::string kPackedTable(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\xd4\x49\xe2\x32\xd4\x31\xe2\x02\x00\x7b\x07\x97\x0a"
    "\x08\x00\x00\x00",
    28);

std::string fault_of(const std::function<void()>& does) {
  try {
    does();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "none";
}

// What was read of a text: all of a table, or the fault.
std::string read_as_text(const std::string& path) {
  TypedCsvOptions options;
  options.csv.keys = "data.";
  std::string text;
  try {
    const TypedTable t = read_typed_csv(path, options);
    text = csv_text(t.table, t.table.names);
    for (const TableColumn& c : t.table.columns) text += name_of(c.kind) + std::string(" ");
    for (const auto* list :
         {&t.table.reading.left_out, &t.table.reading.warnings, &t.layout.missing})
      for (const std::string& s : *list) text += s + "\n";
    text += t.table.reading.layout + std::to_string(t.table.mark.checksum);
  } catch (const Failure& failure) {
    text = failure.what();
  }
  return text + fault_of([&] { text += csv_text(read_csv(path)); });
}

}  // namespace

TEST_CASE("a list that moves to a file keeps its elements") {
  for (const std::size_t least : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 26}) {
    CAPTURE(least);
    const LowPages low(least);
    PagedList<int> list;
    std::vector<int> same;
    CHECK(list.empty());
    for (int k = 0; k < 9'000'000; k += 3) {
      list.push_back(k);
      same.push_back(k);
    }
    CHECK(list.in_file() == (least < list.size() * sizeof(int)));
    release_pages();
    CHECK(std::equal(list.begin(), list.end(), same.begin(), same.end()));
    list.push_back(list.front());
    CHECK(list.back() == 0);
    list.erase_if([](int x) { return x % 2 == 0; });
    std::erase_if(same, [](int x) { return x % 2 == 0; });
    PagedList<int> moved = std::move(list);
    CHECK(list.empty());  // NOLINT: what is left is defined
    release_pages();
    CHECK(std::equal(moved.begin(), moved.end(), same.begin(), same.end()));
    list = std::move(moved);
    CHECK(list.size() == same.size());
  }
}

TEST_CASE("the files of lists have no names") {
  const TestFolder folder;
  const LowPages low(1, folder.path());
  PagedList<double> list;
  list.push_back(3);
  CHECK(list.in_file());
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a list for which there is no place says how much it needs") {
  const TestFolder folder;
  {
    const LowPages low(1, folder / "none");
    PagedList<char> list;
    const std::string text = fault_of([&] { list.reserve(std::size_t{5} << 20); });
    CHECK_THAT(text, Contains("[file] cannot write " + folder.path() + "/none/.pushforward-"));
    CHECK_THAT(text, Contains("one of its parts needs 5 MiB"));
    CHECK_THAT(text, Contains("set TMPDIR to a folder that has it"));
  }
  // A limit on the size of files stands for a full disk.
  const LowPages low(1, folder.path());
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{1 << 20, before.rlim_max};
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  PagedList<char> list;
  list.push_back('a');
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string text = fault_of([&] { list.reserve(std::size_t{3} << 20); });
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  CHECK_THAT(text, Contains("File too large (posix_fallocate)"));
  CHECK_THAT(text, Contains("needs 3 MiB"));
  CHECK(list.size() == 1);  // the list is as it was
  CHECK(list[0] == 'a');
}

TEST_CASE("a text that is mapped or unpacked into a file is read as one in memory") {
  const TestFolder folder;
  std::string table = "\xEF\xBB\xBFname,x,y\r\n";
  for (int k = 0; k < 400; ++k)
    table += (k % 7 ? "\xC3\xA4hre," : "NA,") + std::to_string(k % 13) + "." +
             std::to_string(k % 10) + (k % 5 ? ",1\r\n" : ",\r\n");
  const std::vector<std::string> texts{table,
                                       "a,b\n1,2\n3,4\n",
                                       "a;b\n\n1,5;2\n# no row\n3,4;4\n",
                                       "1,2,\n3,4,\n",
                                       "x,y\n1,2\n3\n",
                                       "x,y\n1,2\n3,four\n5,6\n",
                                       "name,\"a \"\"b\"\"\"\n\"x \"\"y\"\"\",1\nz,2\n",
                                       "x,y\n1,\xE4\n",
                                       std::string("x,y\n1,\0\n", 8),
                                       "a,b\n1,2\na,b\n3,4\n",
                                       "id,kg\n1,5 kg\n2,6 kg\n",
                                       "\n\n",
                                       "",
                                       kPackedTable};
  for (const std::string& text : texts) {
    CAPTURE(text);
    const std::string path = folder / "t.csv";
    write_file_atomically(posix(), path, text);
    const std::string plain = read_as_text(path);
    const LowPages low(1);
    CHECK(read_as_text(path) == plain);
  }
}
