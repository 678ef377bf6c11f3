#include "apps/sifted_law.h"

#include <set>

#include "apps/failure.h"
#include "apps/token_texts.h"
#include "catch.h"

using namespace pushforward;

namespace {

// 200 different rows of two tokens out of 20, the class of each that of its first.
TokenLawPtr rows() {
  TokenTable table{2, {}, {}, {}};
  for (int k = 0; k < 200; ++k) {
    table.tokens.insert(table.tokens.end(), {k % 20, k / 20});
    table.labels.push_back(k % 20);
  }
  return std::make_shared<TableLaw>(table, 20);
}

using Row = std::pair<int, int>;
std::set<Row> drawn(const TokenLaw& law) {
  std::set<Row> found;
  std::vector<int> labels;
  const std::vector<int> all = draw(law, {3, Purpose::data, 0}, 5000, &labels);
  for (std::size_t k = 0; k < labels.size(); ++k) {
    found.insert({all[2 * k], all[2 * k + 1]});
    CHECK(labels[k] == all[2 * k]);
  }
  return found;
}

}  // namespace

TEST_CASE("A sifted law has the rows of its part, and both parts have all rows") {
  const auto training = drawn(SiftedLaw(rows(), 0.2, false)),
             held_out = drawn(SiftedLaw(rows(), 0.2, true));
  CHECK(held_out.size() > 20);
  CHECK(held_out.size() < 60);
  CHECK(training.size() + held_out.size() == 200);
  for (const Row& row : held_out) CHECK(training.count(row) == 0);
}

TEST_CASE("A row of a sifted law depends on its number alone") {
  const SiftedLaw law(rows(), 0.5, false);
  const Stream stream{7, Purpose::data, 2};
  std::vector<int> all(2 * 50), one(2);
  law.draw(stream, 0, 50, all.data());
  for (int k = 0; k < 50; ++k) {
    law.draw(stream, static_cast<std::uint32_t>(k), 1, one.data());
    CHECK(one == std::vector<int>(all.begin() + 2 * k, all.begin() + 2 * k + 2));
  }
}

TEST_CASE("A part without rows says so") {
  std::vector<int> row(2);
  CHECK_THROWS_WITH(SiftedLaw(rows(), 0, true).draw({1, Purpose::data, 0}, 0, 1, row.data()),
                    "[data] of 100000 rows none was held out with /data/held_out 0; raise it");
}
