// Tests numbers, sizes, names and tables as text, and that a JSON parser reads back the
// strings and numbers.
#include "autograd/inspect/text.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/tools/catch.h"

using namespace pushforward;
using nlohmann::json;

TEST_CASE("numbers have six digits, and values that are not finite have names") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(number_text(0) == "0");
  CHECK(number_text(-0.0) == "-0");
  CHECK(number_text(1.0 / 3) == "0.333333");
  CHECK(number_text(1.0 / 3, 2) == "0.33");
  CHECK(number_text(1e-7) == "1e-07");
  CHECK(number_text(inf) == "inf");
  CHECK(number_text(-inf) == "-inf");
  CHECK(number_text(-std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("values are printed on one line, with semicolons between rows") {
  const double v[] = {1, 2.5, -3, 4};
  CHECK(values_text({}, std::span(v, 1)) == "1");
  CHECK(values_text({4}, v) == "[1 2.5 -3 4]");
  CHECK(values_text({2, 2}, v) == "[1 2.5; -3 4]");
  CHECK(values_text({4, 1}, v) == "[1; 2.5; -3; 4]");
  CHECK(values_text({0, 2}, {}) == "[]");
}

TEST_CASE("sizes, counts and times have a suitable unit") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1024) == "1.00 KiB");
  CHECK(bytes_text(1536) == "1.50 KiB");
  CHECK(bytes_text(1048575) == "1.00 MiB");
  CHECK(bytes_text(5.0 * (1 << 30)) == "5.00 GiB");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1.00 k");
  CHECK(count_text(9994) == "9.99 k");
  CHECK(count_text(9995) == "10.0 k");
  CHECK(count_text(12345678) == "12.3 M");
  CHECK(count_text(999999) == "1.00 M");
  CHECK(time_text(850e-9) == "850 ns");
  CHECK(time_text(12.34e-6) == "12.3 us");
  CHECK(time_text(4.56e-3) == "4.56 ms");
  CHECK(time_text(1.234) == "1.23 s");
  CHECK(time_text(321) == "321 s");
}

TEST_CASE("a name is printed on one line, whatever bytes it contains") {
  CHECK(printable_name("layers.0") == "layers.0");
  CHECK(printable_name("a\nb\tc\x07") == "a\\nb\\tc\\x07");
  CHECK(printable_name("\xCF\x83(t)") == "\xCF\x83(t)");
  CHECK(printable_name("\xF0\x9F\x8C\x8A") == "\xF0\x9F\x8C\x8A");
  const std::string unknown = "\xEF\xBF\xBD";
  CHECK(printable_name("\xFF") == unknown);
  CHECK(printable_name("a\xC3") == "a" + unknown);                         // truncated
  CHECK(printable_name("\xC0\xAF") == unknown + unknown);                  // overlong encoding
  CHECK(printable_name("\xED\xA0\x80") == unknown + unknown + unknown);    // a surrogate
  CHECK(printable_name("\xF4\x90\x80\x80").size() == 4 * unknown.size());  // beyond U+10FFFF
  CHECK(printable_name("\xE0\x9F\xBF") == unknown + unknown + unknown);    // overlong encodings
  CHECK(printable_name("\xF0\x8F\xBF\xBF").size() == 4 * unknown.size());
  // The first and the last character beside those that are not allowed.
  for (const char* valid :
       {"\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    CHECK(printable_name(valid) == valid);
}

TEST_CASE("a place in the source is printed as folder, file and line") {
  CHECK(short_path("/home/me/project/flow/train/loss.cpp") == "train/loss.cpp");
  CHECK(short_path("train/loss.cpp") == "train/loss.cpp");
  CHECK(short_path("loss.cpp") == "loss.cpp");
  CHECK(short_path("t/loss.cpp") == "t/loss.cpp");
  CHECK(short_path("flow/t/loss.cpp") == "t/loss.cpp");
  CHECK(short_path("/loss.cpp") == "/loss.cpp");
  CHECK(place_text("/a/b/c.cpp", 7) == "b/c.cpp:7");
  CHECK(place_text("", 7).empty());
}

TEST_CASE("a strict parser reads back every JSON string") {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  CHECK(json::parse(json_string(all)).get<std::string>() == all);
  CHECK(json::parse(json_string("\xCF\x83 \"quoted\" \\ /")).get<std::string>() ==
        "\xCF\x83 \"quoted\" \\ /");
  CHECK(json::parse(json_string("a\xFF")).get<std::string>() == "a\xEF\xBF\xBD");
  CHECK(json::parse(json_string(std::string("\0", 1))).get<std::string>() == std::string("\0", 1));
}

TEST_CASE("a strict parser reads back every JSON number with the same bits") {
  for (double x : {0.0, 1.0, -1.5, 0.1, 1.0 / 3, 1e300, 5e-324, 123456789.0, 100000.0, 1e16})
    CHECK(json::parse(json_number(x)).get<double>() == x);
  CHECK(json_number(100000) == "100000");
  CHECK(json::parse(json_number(100000)).is_number_integer());
  CHECK(json_number(std::numeric_limits<double>::infinity()) == "\"inf\"");
  CHECK(json_number(-std::numeric_limits<double>::infinity()) == "\"-inf\"");
  CHECK(json_number(std::numeric_limits<double>::quiet_NaN()) == "\"nan\"");
}

TEST_CASE("a table aligns its columns and leaves out empty ones") {
  TextTable table("lrl");
  table.row({"op", "", "note"});
  table.row({"matmul", "", ""});
  table.row({"\xCF\x83", "", "two bytes, one place"});
  std::ostringstream out;
  table.print(out, "> ");
  CHECK(out.str() ==
        "> op      note\n"
        "> matmul\n"
        "> \xCF\x83       two bytes, one place\n");
  TextTable numbers("r");
  numbers.row({"1"});
  numbers.row({"10"});
  std::ostringstream right;
  numbers.print(right);
  CHECK(right.str() == " 1\n10\n");
  CHECK_THROWS_WITH(numbers.row({"1", "2"}), "[table] a row of 2 cells in a table of 1 columns");
}
