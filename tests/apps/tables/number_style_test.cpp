// Tests the signs in numbers: thousands, percent and currency.
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "apps/tables/csv_cells.h"
#include "apps/tables/guess_kind.h"
#include "apps/tables/typed_csv.h"
#include "tests/tools/catch.h"

using Catch::Matchers::StartsWith;
using namespace pushforward;
using namespace pushforward::app;

namespace {

NumberStyle style_with(char decimal, char thousands, double percent = 0, bool currency = false) {
  NumberStyle s(decimal);
  s.thousands = thousands;
  s.percent = percent;
  s.currency = currency;
  return s;
}

// Returns the number in the text, or NaN if it is none.
double number_in(const std::string& text, const NumberStyle& s) {
  const CellValue cell = read_cell(text, s);
  return cell.kind == CellKind::number ? cell.value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

TEST_CASE("groups of three digits are read with the sign of the style alone", "[csv]") {
  const NumberStyle comma = style_with('.', ',');
  CHECK(number_in("1,234", comma) == 1234);
  CHECK(number_in("-1,234,567.25", comma) == -1234567.25);
  CHECK(number_in("1,234e2", comma) == 123400);
  CHECK(number_in("1234.5", comma) == 1234.5);
  CHECK(number_in("12", comma) == 12);
  for (const char* text : {"1,23", "12,34", "1,2345", "1234,567", ",234", "1,,234", "1,234,56",
                           "1.234,5", "1'234", "1,234.5.6"}) {
    CAPTURE(text);
    CHECK(std::isnan(number_in(text, comma)));
    CHECK(std::isnan(number_in(text, style_with('.', NumberStyle::kNone))));
  }
  CHECK(number_in("1.234.567,5", style_with(',', '.')) == 1234567.5);
  CHECK(number_in("1 234,5", style_with(',', ' ')) == 1234.5);
  CHECK(number_in("1\xC2\xA0"
                  "234,5",
                  style_with(',', ' ')) == 1234.5);
  CHECK(number_in("1'234.5", style_with('.', '\'')) == 1234.5);
  CHECK(number_in("1_000_000", style_with('.', '_')) == 1e6);
  CHECK(std::isnan(number_in("1'234", style_with('.', ' '))));
}

TEST_CASE("percent and currency signs are read if the style allows them", "[csv]") {
  CHECK(number_in("12%", style_with('.', NumberStyle::kNone, 1)) == 12);
  CHECK(number_in("12 %", style_with('.', NumberStyle::kNone, 1)) == 12);
  // A share has the number that its text as a decimal fraction has.
  CHECK(number_in("12.7%", style_with('.', NumberStyle::kNone, 0.01)) == 0.127);
  CHECK(number_in("-3%", style_with('.', NumberStyle::kNone, 0.01)) == -0.03);
  CHECK(number_in("0.5", style_with('.', NumberStyle::kNone, 0.01)) == 0.5);
  CHECK(std::isnan(number_in("12%", style_with('.', NumberStyle::kNone))));
  CHECK(std::isnan(number_in("12%%", style_with('.', NumberStyle::kNone, 1))));
  CHECK(std::isnan(number_in("%", style_with('.', NumberStyle::kNone, 1))));
  const NumberStyle money = style_with('.', ',', 0, true);
  CHECK(number_in("$3.50", money) == 3.5);
  CHECK(number_in("-$1,234.50", money) == -1234.5);
  CHECK(number_in("$-2", money) == -2);
  CHECK(number_in("5 \xE2\x82\xAC", money) == 5);
  CHECK(number_in("\xC2\xA3"
                  "7",
                  money) == 7);
  CHECK(std::isnan(number_in("$", money)));
  CHECK(std::isnan(number_in("$5 and more", money)));
  CHECK(read_cell("$5", style_with('.', ',')).kind == CellKind::numeric_text);
}

TEST_CASE("codes and signs of many currencies are read, with one another sign at a time", "[csv]") {
  const NumberStyle money = style_with(',', '.', 0, true);
  CHECK(number_in("1.234,50 EUR", money) == 1234.5);
  CHECK(number_in("-12,00 EUR", money) == -12);
  CHECK(number_in("EUR -3,5", money) == -3.5);
  CHECK(number_in("US$5", money) == 5);
  CHECK(number_in("5 US$", money) == 5);
  CHECK(number_in("99 z\xC5\x82", money) == 99);
  CHECK(number_in("Rs. 7", money) == 7);
  CHECK(std::isnan(number_in("5 EURO", money)));
  CHECK(std::isnan(number_in("EUR USD 5", money)));
  CHECK(read_cell("CHF 12.00").kind == CellKind::numeric_text);
  CHECK(read_cell("EUR").kind == CellKind::text);
  // The advice names what is still not set, and nothing that is.
  CHECK(
      cure_of_cell("1.234,50 EUR", {}, "data.") ==
      "set data.currency=drop, or write the number alone, without \"EUR\"; its comma is a decimal "
      "one: set data.decimal=comma and data.thousands=point, or write a decimal point and no signs "
      "between thousands");
  NumberStyle currency('.');
  currency.currency = true;
  CHECK_THAT(cure_of_cell("1.234,50 EUR", currency, "data."),
             StartsWith("its comma is a decimal one: set data.decimal=comma and"));
  CHECK(cure_of_cell("1.234", style_with(',', NumberStyle::kNone), "data.") ==
        "if its point separates thousands, set data.thousands=point, or write 1234; if it is a "
        "decimal point, set data.decimal=point, or write a decimal comma");
  CHECK(cure_of_cell("1.2", style_with(',', NumberStyle::kNone), "data.") ==
        "set data.decimal=point, or write a decimal comma");
}

TEST_CASE("decimals of numbers with signs are those of the numbers", "[csv]") {
  TypedCsvOptions options;
  options.csv.thousands = ',';
  options.csv.percent = 0.01;
  options.csv.currency = true;
  const TypedTable t = parse_typed_csv(
      "price,share,count\n\"$1,234.50\",12.5%,\"1,000\"\n$2.25,7%,20\n", "f.csv", options);
  REQUIRE(t.table.columns.size() == 3);
  CHECK(t.table.values == std::vector<double>{1234.5, 0.125, 1000, 2.25, 0.07, 20});
  CHECK(t.table.columns[0].decimals == 2);
  CHECK(t.table.columns[1].decimals == 3);
  CHECK(t.table.columns[2].kind == ColumnKind::integer);
  CHECK(cell_text(t.table.columns[1], 0.125) == "0.125");
}

TEST_CASE("the first odd number of a column is found", "[csv]") {
  const auto odd = [](const std::vector<std::string_view>& cells) {
    const auto found = find_odd_number(cells, {});
    return found ? static_cast<int>(found->at) : -1;
  };
  CHECK(odd({"1", "2", "x"}) == 2);
  CHECK(odd({"1", "2", "3%"}) == 2);
  CHECK(odd({"5 kg", "7 kg"}) == 0);
  CHECK(odd({"5 kg", "7 m"}) == 0);
  CHECK(odd({"52.5N", "33.9S"}) == 0);
  CHECK(odd({"12a", "3b"}) == -1);
  CHECK(odd({"1st", "2nd"}) == -1);
  CHECK(odd({"true", "false"}) == -1);
  CHECK(odd({"2007-11-11"}) == -1);
  CHECK(guess_kind({"1", "2.5"}, {}) == ColumnKind::number);
  CHECK(guess_kind({"1,000", "2"}, style_with('.', ',')) == ColumnKind::integer);
  CHECK(guess_kind({"1,000", "2"}, {}) == ColumnKind::category);
}
