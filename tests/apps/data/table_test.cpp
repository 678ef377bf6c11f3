// Tests the distribution of a table with typed columns: its code, its noise and its classes.
#include "apps/data/table.h"

#include <cmath>
#include <fstream>

#include "apps/config/config.h"
#include "apps/run/data_traits.h"
#include "flow/distributions/affine.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// A table of four rows: a number, a whole number, a category and a class.
DistributionPtr build(DataTraits& traits, const char* scale) {
  const TestFolder folder;
  const std::string file = folder / "table.csv";
  std::ofstream(file) << "x,n,c,k\n0.5,1,a,up\n1.5,2,b,down\n2.5,4,a,up\n3.5,7,b,up\n";
  const std::string text = R"({"data": {"type": "csv", "label": "k", "path": ")" + file +
                           R"(", "scale": ")" + scale + R"("}})";
  const Config config = parse_config(text, "test");
  DistributionPtr data = build_data(config.section("/data").json(), "data", {}, &traits);
  return data;
}

}  // namespace

TEST_CASE("rows of a table are drawn with their classes and with new noise for each draw") {
  DataTraits traits;
  const DistributionPtr data = build(traits, "none");
  REQUIRE(traits.coded());
  CHECK(traits.classes == std::vector<std::string>{"down", "up"});
  CHECK(data->dim() == 4);
  CHECK(std::vector<std::string>(data->names().begin(), data->names().end()) ==
        std::vector<std::string>{"x", "n", "c=a", "c=b"});
  CHECK(count_class_shares(*data) == ClassShares{0.25, 0.75});
  const Stream stream{3, Purpose::data, 0};
  std::vector<int> labels;
  const Tensor drawn = draw_rows(*data, stream, 200, &labels);
  const std::vector<double> table = draw_wide_rows(*traits.rows, stream, 200, RowUnits::data);
  for (int r = 0; r < 200; ++r) {
    std::vector<double> code(4), row(3);
    const std::vector<double> noise = code_noise(stream, static_cast<std::uint32_t>(r), 4);
    const std::span<const double> of_table(table.data() + 3 * r, 3);
    traits.code->encode(of_table, noise, code);
    for (int j = 0; j < 4; ++j) {
      CHECK(std::abs(code[std::size_t(j)] - static_cast<double>(drawn(r, j))) < 1e-6);
      code[std::size_t(j)] = static_cast<double>(drawn(r, j));
    }
    traits.code->decode(code, row);
    CHECK(std::abs(row[0] - of_table[0]) < 1e-6);
    CHECK(row[1] == of_table[1]);
    CHECK(row[2] == of_table[2]);
    CHECK(labels[std::size_t(r)] == (of_table[0] == 1.5 ? 0 : 1));
  }
  // The noise is that of the stream, so another step has other noise on the same row.
  CHECK(code_noise(stream, 0, 4) != code_noise(stream.with(Purpose::noise), 0, 4));
  // Any row of the table can be asked for by its number.
  std::vector<real> one(4);
  finish_row(*data, {stream, 0, 3}, one.data());
  CHECK(one[0] == real(3.5));
  CHECK(std::floor(one[1]) == 7);
}

TEST_CASE("a table that is all of the data is standardized after its code") {
  DataTraits traits;
  const DistributionPtr data = build(traits, "auto");
  const ColumnMoments moments = column_moments(*data);
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(std::abs(moments.mean[j]) < 0.01);
    CHECK(std::abs(moments.std[j] - 1) < 0.01);
  }
}

}  // namespace pushforward::app::inline PF_REAL
