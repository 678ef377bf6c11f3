// Tests the HTML file of a report: its script, the escaping of text, and the numbers in it.
#include "apps/recording/html.h"

#include <cstring>
#include <limits>
#include <regex>
#include <set>
#include <string>

#include "apps/recording/about.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns the JSON of the recording in a report.
Json recording_in(const std::string& html) {
  const std::string begin = "<script id=\"recording\" type=\"application/json\">";
  const std::size_t from = html.find(begin) + begin.size();
  return Json::parse(html.substr(from, html.find("</script>", from) - from));
}

std::string decoded_base64(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned held = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    held = held << 6 | static_cast<unsigned>(digits.find(c));
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(held >> (bits -= 8) & 255);
  }
  return bytes;
}

}  // namespace

TEST_CASE("every module of a report comes after those that it imports", "[report]") {
  static const std::regex import("import \\{ (.*?) \\} from '\\./(.*?)';");
  std::set<std::string> before;
  for (const std::string& name : report_modules()) {
    const std::string text(web_file(name));
    for (std::sregex_iterator at(text.begin(), text.end(), import), end; at != end; ++at) {
      INFO(name << " imports " << (*at)[2].str());
      CHECK(before.count((*at)[2].str()) == 1);
    }
    before.insert(name);
  }
  CHECK_THROWS_WITH(web_file("main.js"),
                    "[report] the program has no file main.js; add it to "
                    "apps/recording/embed.cmake");
}

TEST_CASE("the modules of a report share one scope without a name twice", "[report]") {
  const std::string script = report_script();
  CHECK(script.find("\nimport ") == std::string::npos);
  CHECK(script.find("\nexport ") == std::string::npos);
  CHECK(script.find("</script") == std::string::npos);
  static const std::regex top("\n(?:const|let|class|function|async function) (\\w+)");
  std::set<std::string> names;
  for (std::sregex_iterator at(script.begin(), script.end(), top), end; at != end; ++at) {
    INFO((*at)[1].str());
    CHECK(names.insert((*at)[1].str()).second);
  }
  CHECK(names.size() > 20);
}

TEST_CASE("text of a run cannot leave the script element of a report", "[report]") {
  PageMessage message("run");
  const std::string hostile = "</script><script>alert(1)</script><!-- <script \xe2\x80\xa8 & \" \\";
  message.head["name"] = hostile;
  message.head[hostile] = "a key is text, too";
  const std::string text = recording_text({message});
  CHECK(text.find('<') == std::string::npos);
  const Json read = Json::parse(text);
  CHECK(read.at("protocol").get<int>() == kPageProtocol);
  CHECK(read.at("messages").at(std::size_t{0}).at("head").at("name").text() == hostile);
  CHECK(read.at("messages").at(std::size_t{0}).at("head").contains(hostile));

  const std::string html = report_html({message});
  CHECK(html.starts_with(kReportMark));
  CHECK(html.find("/*@") == std::string::npos);
  CHECK(html.find("default-src 'none'") != std::string::npos);
  CHECK(recording_in(html).dump() == read.dump());
}

TEST_CASE("a part of the page that looks like a place for another one stays as it is", "[report]") {
  PageMessage message("run");
  message.head["name"] = "/*@STYLE@*/";
  CHECK(recording_in(report_html({message})).dump().find("/*@STYLE@*/") != std::string::npos);
}

TEST_CASE("the numbers of a recording have the same bits when they are read", "[report]") {
  for (const std::size_t count : {0u, 1u, 2u, 3u, 4u, 7u}) {
    PageMessage message("flow");
    std::vector<float> values;
    for (std::size_t k = 0; k < count; ++k)
      values.push_back(k == 1 ? std::numeric_limits<float>::quiet_NaN() : 0.1f - 3.7e5f * float(k));
    message.add("points", {count}, values);
    const Json read = Json::parse(recording_text({message}));
    const std::string bytes =
        decoded_base64(read.at("messages").at(std::size_t{0}).at("numbers").text());
    REQUIRE(bytes.size() == count * sizeof(float));
    // memcmp must not get the null pointer of an empty vector.
    CHECK((count == 0 || std::memcmp(bytes.data(), values.data(), bytes.size()) == 0));
  }
}

TEST_CASE("words of a command are quoted for the shell where they need it", "[report]") {
  CHECK(shell_word("runs/moons-2") == "runs/moons-2");
  CHECK(shell_word("optimizer.lr=3e-4") == "optimizer.lr=3e-4");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("my runs/it's") == "'my runs/it'\\''s'");
  CHECK(shell_word("$(rm -r x)") == "'$(rm -r x)'");
}
