// Tests that `config init` writes configs that `config check` accepts, and that `compare` and `plot`
// leave out columns of a table, as people meet it with tables that have names of the rows.
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// A table of `rows` rows with a name of each, a number, and a note that is often the same.
std::string named_rows(int rows, const std::string& note = "note") {
  std::string text = "id,x," + note + "\n";
  for (int k = 0; k < rows; ++k)
    text += "X" + std::to_string(k) + "," + std::to_string(k % 7) + ".5,t" + std::to_string(k % 3) +
            "\n";
  return text;
}

// Checks that `config check` accepts what `config init` writes, and returns what init says.
std::string check_starter(const Sandbox& sandbox, const std::string& words) {
  const Outcome init = sandbox("config init " + words + " > c.json");
  INFO(words << "\n" << init.text);
  CHECK(init.code == 0);
  const Outcome checked = sandbox("config check c.json");
  INFO(checked.text);
  CHECK(checked.code == 0);
  return init.text;
}

}  // namespace

TEST_CASE("the config that init writes for a table passes the check") {
  const Sandbox sandbox;
  int tables = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PUSHFORWARD_SOURCE_DIR "/data")) {
    const std::string file = entry.path().string();
    if (!file.ends_with(".csv") && !file.ends_with(".npy")) continue;
    check_starter(sandbox, file);
    ++tables;
  }
  CHECK(tables >= 3);
  // Other endings, when the file is there.
  sandbox.write("t.tsv", "a\tb\n1\t2\n3\t5\n");
  sandbox.write("t.dat", "a b\n1 2\n3 5\n");
  for (const char* file : {"t.tsv", "t.dat"}) check_starter(sandbox, file);
}

TEST_CASE("init leaves out columns that name the rows, and says so") {
  const Sandbox sandbox;
  sandbox.write("many.csv", named_rows(300));
  CHECK_THAT(check_starter(sandbox, "many.csv"),
             Contains("column \"id\" has 300 different texts, and a category may have 256, so the "
                      "config leaves it out (\"drop\")"));
  CHECK_THAT(sandbox.read("c.json"), Contains("\"drop\": [\"id\"],"));
  sandbox.write("few.csv", named_rows(20));
  CHECK_THAT(check_starter(sandbox, "few.csv"),
             Contains("column \"id\" has another text in every row, so the config leaves it out"));
  CHECK_THAT(sandbox.read("c.json"), Contains("\"drop\": [\"id\"],"));
  // A column of a doubled name is left out by its number, and one without names, too.
  sandbox.write("twice.csv", named_rows(300, "id"));
  check_starter(sandbox, "twice.csv");
  CHECK_THAT(sandbox.read("c.json"), Contains("\"drop\": [0],"));
  const std::string rows = named_rows(300);
  sandbox.write("bare.csv", rows.substr(rows.find('\n') + 1));
  check_starter(sandbox, "bare.csv data.header=no");
  CHECK_THAT(sandbox.read("c.json"), Contains("\"drop\": [0],"));
  // What the user says of a column is kept.
  check_starter(sandbox, "few.csv data.label=id");
  CHECK_THAT(sandbox.read("c.json"), Contains("\"drop\": [],"));
  CHECK_THAT(sandbox.read("c.json"), Contains("\"label\": \"id\","));
  check_starter(sandbox, R"(few.csv 'data.types={"id":"category"}')");
  CHECK_THAT(sandbox.read("c.json"), Contains("\"drop\": [],"));
}

TEST_CASE("init refuses a table with the key that reads it, and takes the key") {
  const Sandbox sandbox;
  sandbox.write("dollar.csv", "a,b\n1,$5\n2,$6\n");
  expect(
      sandbox("config init dollar.csv > c.json"), 4,
      {"set data.currency=drop",
       "so no config is written; a key stands after the file: pushforward config init dollar.csv "
       "data.KEY=VALUE"});
  CHECK(sandbox.read("c.json").empty());
  check_starter(sandbox, "dollar.csv data.currency=drop");
  CHECK_THAT(sandbox.read("c.json"), Contains("\"currency\": \"drop\""));
  expect(sandbox("config init dollar.csv data.curency=drop"), 2, {"did you mean \"currency\"?"});
  expect(sandbox("config init dollar.csv data.currency=drop train.steps=5"), 2,
         {"[config] \"train.steps=5\" has no effect, since init takes only keys that say how the "
          "table is read (data.KEY=VALUE)"});
  expect(
      sandbox("config init moons data.noise=1"), 2,
      {"[config] \"data.noise=1\" has no effect, since init takes keys only for a table of text"});
}

TEST_CASE("one point, row or column is no plural") {
  const Sandbox sandbox;
  sandbox.ask(
      "train " PUSHFORWARD_SOURCE_DIR
      "/data/configs/moons.json -q train.steps=2 model.hidden=[4] schedule.warmup=0 --out run");
  sandbox.write("one.csv", "0.5,0.25\n");
  sandbox.write("gap.csv", "0.5,NA\n");
  const std::vector<std::pair<const char*, const char*>> said{
      {"sample run -n 1 --out s.csv", "1 sample in"},
      {"loglik run --points one.csv --out p.csv", "1 point in"},
      {"impute run --points gap.csv --out f.csv --steps 4 --particles 1",
       "1 missing cell in 1 of 1 row is filled"},
      {"impute run --points gap.csv --out f.csv --steps 4 --particles 1", "of 1 particle,"},
      {"compare one.csv one.csv --projections 1",
       "one.csv (1 point) against one.csv (1), dimension 2"},
      {"compare one.csv one.csv --projections 1", "1 direction, all 1 and 1 point\n"}};
  for (const auto& [command, words] : said) {
    INFO(command);
    expect(sandbox(command), 0, {words});
  }
}

TEST_CASE("compare and plot do not take decimal commas for two columns") {
  const Sandbox sandbox;
  std::string table;
  for (int k = 0; k < 40; ++k)
    table += std::to_string(2 + k % 3) + "," + std::to_string(104 + 17 * k) + "\n";
  sandbox.write("half.csv", table);
  for (const char* verb : {"compare half.csv half.csv", "plot half.csv"})
    expect(sandbox(verb), 4,
           {"may be 2 numbers with points or 1 with decimal commas; write decimal points if it has "
            "decimal commas, or names above the 2 columns if not"});
  sandbox.write("half.csv", "a,b\n" + table);
  expect(sandbox("compare half.csv half.csv"), 0, {});
}

TEST_CASE("compare and plot leave out columns by name or number") {
  const Sandbox sandbox;
  sandbox.write("a.csv", named_rows(300));
  sandbox.write("b.csv", named_rows(290));
  const std::string cure =
      "[csv] a.csv: column \"id\" has 300 different texts, and a category may have 256; leave it out "
      "with --drop id";
  expect(sandbox("compare a.csv b.csv"), 4, {cure});
  expect(sandbox("plot a.csv --out p"), 4, {cure});
  const std::string quick = " --max 40 --projections 4";
  expect(sandbox("compare a.csv b.csv --drop id" + quick), 0,
         {"a.csv (300 points) against b.csv (290), 2 columns"});
  expect(sandbox("compare a.csv b.csv --drop 0,note" + quick), 0, {"dimension 1"});
  expect(sandbox("plot a.csv --drop id,note --out p"), 0, {"p/samples.png"});
  // A column of one table only.
  sandbox.write("c.csv", "x,note,more\n1.5,t1,3\n2,t2,4\n2.5,t1,5\n0.5,t2,9\n");
  expect(sandbox("compare a.csv c.csv --drop id"), 4,
         {"[compare] a.csv: its columns are x, note, but c.csv has x, note, more; name the columns "
          "alike, or leave more out with --drop more"});
  expect(sandbox("compare a.csv c.csv --drop id,more" + quick), 0, {"2 columns"});
  expect(sandbox("compare a.csv b.csv --drop id,nte"), 2,
         {"[compare] --drop names \"nte\", which is no column; did you mean \"note\"?"});
  expect(sandbox("compare a.csv b.csv --drop id,,note"), 2, {"has an empty name"});
  // Names with a comma stand in quotes, also in the advice.
  sandbox.write("d.csv", named_rows(300).replace(0, 2, "\"id, old\""));
  expect(sandbox("plot d.csv --out p"), 4, {"leave it out with --drop '\"id, old\"'"});
  expect(sandbox("plot d.csv --drop '\"id, old\"' --out p"), 0, {"p/pairs.png"});
  // A column that is text in one table and numbers in the other, and one of numbers with texts.
  sandbox.write("e.csv", "x,note\n1,4\n2,5\n3,5\n");
  expect(sandbox("compare e.csv c.csv --drop more"), 4,
         {"column note holds numbers, but text in c.csv; write the column alike in all files, or "
          "leave it out with --drop note"});
  sandbox.write("f.csv", "x,y\n1,4\n2,soon\n3,5\n");
  expect(sandbox("plot f.csv --out p"), 4, {"or leave it out with --drop y"});
  // Arrays of numbers have no names.
  sandbox.ask("data moons -n 20 --out m.npy");
  expect(sandbox("compare m.npy m.npy --drop 1"), 0, {"dimension 1"});
  expect(sandbox("compare m.npy m.npy --drop 2"), 2, {"choose from: 0, 1"});
  expect(sandbox("compare m.npy m.npy --drop 0,1"), 2, {"--drop leaves no column"});
}
