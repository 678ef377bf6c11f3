// Tests JSON values: their contents, their getters, and the errors for another type.
#include "apps/json/json.h"

#include <cmath>
#include <limits>
#include <vector>

#include "tests/tools/catch.h"

using namespace pushforward::app;
using Catch::Matchers::Contains;

namespace {

template <class Index>
concept IndexesJson = requires(Json value, Index index) {
  value[index];
};

}  // namespace

TEST_CASE("a JSON value: lists of pairs that begin with a string are objects", "[json]") {
  CHECK(Json{{"b", 1}, {"a", nullptr}}.dump() == R"({"b":1,"a":null})");
  CHECK(Json{{"b", 1}, {2, 3}}.dump() == R"([["b",1],[2,3]])");
  CHECK(Json::array({"b", "a"}).dump() == R"(["b","a"])");
  CHECK(Json(std::vector<double>{1, 0.5}).dump() == "[1.0,0.5]");
  CHECK(Json(std::nan("")).dump() == "null");
}

TEST_CASE("a JSON value: whole numbers of 64 bits keep all their digits, larger ones are doubles",
          "[json]") {
  CHECK(Json(std::numeric_limits<std::int64_t>::min()).dump() == "-9223372036854775808");
  const Json large = std::numeric_limits<std::uint64_t>::max();
  CHECK(large.dump() == "1.8446744073709552e+19");
  CHECK(Json::parse("18446744073709551615") == large);
  CHECK_FALSE(large == Json(-1));
}

TEST_CASE("a JSON value: items are read with at(), since the index 0 would be a null key",
          "[json]") {
  Json value = Json::parse(R"({"a": [{"b": 2}]})");
  CHECK(value.at("a").at(0).at("b") == 2);
  CHECK(*value.find_path("/a") == Json::array({Json{{"b", 2}}}));
  CHECK(value.find_path("/a/c") == nullptr);
  STATIC_REQUIRE(IndexesJson<const char*>);
  STATIC_REQUIRE_FALSE(IndexesJson<int>);
  value["c"] = true;
  CHECK(value.dump() == R"({"a":[{"b":2}],"c":true})");
}

TEST_CASE("a JSON value: the error for access to another kind names the value's kind", "[json]") {
  const Json value{{"a", 1}};
  CHECK_THROWS_WITH(value.at("b"), "[json] there is no \"b\"");
  CHECK_THROWS_WITH(value.at("a").text(),
                    "[json] asked for a string, and the value is a number: 1");
  CHECK_THROWS_WITH(value.get<double>(),
                    Contains("asked for a number, and the value is an object"));
  CHECK_THROWS_WITH(Json::array({1}).at(1), "[json] item 1 of 1, counted from 0");
}

TEST_CASE("a JSON value: bytes that are not UTF-8 are written as escapes", "[json]") {
  const Json value{{"o\xff", "caf\xc3\xa9 \xe2\x82 x"}};
  CHECK(value.dump() == R"({"o\\xff":"caf)"
                        "\xc3\xa9"
                        R"( \\xe2\\x82 x"})");
  CHECK(Json::parse(value.dump()).at("o\\xff").text() == "caf\xc3\xa9 \\xe2\\x82 x");
}
