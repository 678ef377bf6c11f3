// Tests the strict JSON reader: values, places and errors.
#include "apps/json/document.h"

#include <string>

#include "apps/json/write.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns the error of parsing as "line:column: what | cure".
std::string json_fault(const std::string& text) {
  try {
    parse_json(text);
  } catch (const JsonSyntax& syntax) {
    const JsonFault& fault = syntax.fault;
    return std::to_string(fault.place.line) + ":" + std::to_string(fault.place.column) + ": " +
           fault.what + (fault.cure.empty() ? "" : " | " + fault.cure);
  }
  return "no fault";
}

std::string nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("values and keys have the places where they stand in the text") {
  const JsonDocument document = parse_json(
      "\xEF\xBB\xBF// first\n"
      "{\n"
      "  \"a\": 1.50, /* two\n"
      "lines */ \"\xC3\xA9\": [true, null],\t\"c\": {\"d\": \"x\\ny\"}\n"
      "}  // last");
  const JsonNode& root = document.root;
  REQUIRE(root.kind == JsonNode::Kind::object);
  CHECK(root.place.line == 2);
  CHECK(root.place.column == 1);
  const JsonNode* a = root.find("a");
  REQUIRE(a);
  CHECK(a->number == 1.5);
  CHECK(a->text == "1.50");
  CHECK(a->key_place.column == 3);
  CHECK(a->place.line == 3);
  CHECK(a->place.column == 8);
  const JsonNode* list = root.find("\xC3\xA9");
  REQUIRE(list);
  CHECK(list->key_place.line == 4);
  CHECK(list->key_place.column == 10);
  CHECK(list->items[1].kind == JsonNode::Kind::null);
  CHECK(list->items[1].place.column == 22);  // columns count characters
  CHECK(root.find("c")->find("d")->text == "x\ny");
  CHECK(root.find("e") == nullptr);
}

TEST_CASE("a carriage return ends a line comment, as in nlohmann's parser") {
  CHECK(parse_json("[1, // x\r 2]").root.items.size() == 2);
  CHECK(parse_json("[1,\r\n 2]").root.items[1].place.line == 2);
}

TEST_CASE("integers that a double may round are marked") {
  CHECK(parse_json("9007199254740992").root.exact);
  CHECK_FALSE(parse_json("9007199254740993").root.exact);
  CHECK(parse_json("-9007199254740992").root.exact);
  CHECK_FALSE(parse_json("-9007199254740993").root.exact);
  CHECK_FALSE(parse_json("18446744073709551616").root.exact);
  CHECK_FALSE(parse_json("1000000000000000000000000").root.exact);
  CHECK(parse_json("1e30").root.exact);
}

TEST_CASE("duplicate keys are faults at any depth, and the first value is kept") {
  const JsonDocument document =
      parse_json("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": [2, {\"d\": 3}]},\n \"a\": 2}");
  REQUIRE(document.faults.size() == 2);
  CHECK(document.faults[0].what == "duplicate key \"c\"");
  CHECK(document.faults[0].place.line == 2);
  CHECK(document.faults[0].place.column == 16);
  CHECK(document.faults[1].cure == "the key is already at 1:2; keep one of the two");
  CHECK(document.root.find("a")->number == 1);
  CHECK(document.root.find("b")->items.size() == 1);
  CHECK(document.root.items.size() == 2);
  CHECK(parse_json("{\"a\": 1, \"\\u0061\": 2}").faults.size() == 1);
}

TEST_CASE("syntax errors have a place, a description and a cure") {
  const std::string quotes = "write strings in double quotes: \"...\"";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"",
       "1:1: the file is empty | `pushforward config "
       "init` writes a commented config to start from"},
      {"{\"a\": 1,}", "1:8: trailing comma before } | remove this comma"},
      {"[1,\n 2,\n]", "2:3: trailing comma before ] | remove this comma"},
      {"{} x",
       "1:4: text after the end of the document: "
       "x | a file holds a single { ... }; remove the rest"},
      {"{}}",
       "1:3: text after the end of the document: "
       "} | a file holds a single { ... }; remove the rest"},
      {"1 2",
       "1:3: text after the end of the document: "
       "2 | a file holds a single { ... }; remove the rest"},
      {"{\"a\": {\"b\": 1}",
       "1:15: the file ends inside the object that begins at 1:1 | close it with }"},
      {"[1, [2", "1:7: the file ends inside the array that begins at 1:5 | close it with ]"},
      {"{\"a\": [1}",
       "1:9: } closes what began at 1:7 with [ | one of the two brackets is wrong or missing"},
      {"{'a': 1}", "1:2: a single quote | " + quotes},
      {"# x\n{}", "1:1: a # comment | begin comments with //"},
      {"{a: 1}", "1:2: a key without quotes: a | write \"a\""},
      {"{1: 1}", "1:2: a key that is not a string: 1 | write \"1\""},
      {"{\"a\" 1}", "1:6: expected a colon after the key \"a\", found 1"},
      {"{\"a\": 1 \"b\": 2}", "1:9: a comma is missing before \"b\""},
      {"[1 2]", "1:4: a comma is missing before 2"},
      {"{\"a\": NaN}", "1:7: NaN is not a JSON number | numbers of a config must be finite"},
      {"{\"a\": -Infinity}",
       "1:7: -Infinity is not a JSON number | numbers of a config must be finite"},
      {"{\"a\": 1e999}", "1:7: 1e999 is too large for a number"},
      {"{\"a\": True}", "1:7: True is not a JSON value | write true"},
      {"{\"a\": None}", "1:7: None is not a JSON value | leave the key out"},
      {"{\"a\": moons}",
       "1:7: moons is not a JSON value | write a string in double quotes: \"moons\""},
      {"{\"a\": 01}", "1:7: 01 is not a JSON number | numbers look like 12, -0.5 or 1e-3"},
      {"{\"a\": .5}", "1:7: .5 is not a JSON number | numbers look like 12, -0.5 or 1e-3"},
      {"{\"a\": 0x10}", "1:7: 0x10 is not a JSON number | numbers look like 12, -0.5 or 1e-3"},
      {"{\"a\": \"x\ny\"}",
       "1:7: a string that does not end on its line | close it with a double quote; "
       "write a line break as \\n"},
      {std::string("{}\0[", 4), "1:3: a zero byte | give a text file: a config is UTF-8 text"},
  };
  for (const auto& [text, fault] : cases) {
    CAPTURE(text);
    CHECK(json_fault(text) == fault);
  }
  CHECK(json_fault("{\"a\":\n \"\xF6\"}") ==
        "2:3: a byte that is not UTF-8, so the file is probably Latin-1 (Windows-1252) | "
        "convert it: iconv -f cp1252 -t utf-8");
  for (const std::string& utf16 :
       {std::string("\xFF\xFE{\0}\0", 6), std::string("\0{\0}", 4), std::string("{\0}\0", 4)})
    CHECK(json_fault(utf16) ==
          "1:1: the file is UTF-16 text | convert it: iconv -f utf-16 -t utf-8");
  CHECK_THAT(json_fault("{\"a\": \"\\ud800\"}"), Contains("surrogate"));
  CHECK_THAT(json_fault("/* x"), Contains("write // comment or /* comment */"));
}

TEST_CASE("comments are refused if requested") {
  CHECK_NOTHROW(parse_json("1 // one"));
  CHECK_THROWS_AS(parse_json("1 // one", Comments::refused), JsonSyntax);
}

TEST_CASE("documents beyond the limits of depth, size and number of values are refused") {
  CHECK(json_fault(nested(max_json_depth)) == "no fault");
  CHECK(json_fault(nested(max_json_depth + 1)) ==
        "1:65: nested more than 64 deep | check that this is the right file: "
        "a config needs only a few levels");
  CHECK_THAT(json_fault(std::string(1'000'000, '[')), Contains("nested more than 64 deep"));
  std::string objects;
  for (int i = 0; i < 70; ++i) objects += "{\"a\": ";
  CHECK_THAT(json_fault(objects), Contains("1:385: nested more than 64 deep"));
  CHECK(json_fault("\"" + std::string(max_json_bytes, 'x') + "\"") ==
        "1:1: the file has 16777218 bytes, but at most 16777216 are allowed "
        "| put data into an NPY or CSV file and name it in the config");
  std::string many = "[0";
  for (std::size_t i = 0; i < max_json_values; ++i) many += ",0";
  CHECK_THAT(json_fault(many + "]"), Contains("more than 1000000 values"));
}

TEST_CASE("written JSON keeps arrays on one line and reads back with the same bits") {
  const Json value =
      Json::parse(R"({"a": [1, [2.5, 0.1]], "b": {"c": {}, "d": "x"}, "e": 1e-300})");
  CHECK(write_json(value) ==
        "{\n  \"a\": [1, [2.5, 0.1]],\n  \"b\": {\n    \"c\": "
        "{},\n    \"d\": \"x\"\n  },\n  \"e\": 1e-300\n}\n");
  CHECK(Json::parse(write_json(value)) == value);
}
