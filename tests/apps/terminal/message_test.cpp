// Tests that a terminal gets no control characters, and that all output goes through message.h.
#include "apps/terminal/message.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "paths.h"
#include "tests/tools/catch.h"

using namespace pushforward::app;

TEST_CASE("control characters, invalid bytes and marks of text direction are shown as escapes",
          "[message]") {
  CHECK(printable("plain, \n two lines\tand a tab") == "plain, \n two lines\tand a tab");
  CHECK(printable("\x1b[31mred\x1b[0m") == "\\x1b[31mred\\x1b[0m");
  CHECK(printable(std::string("nul\0bell\a\r\x7f", 11)) == "nul\\x00bell\\x07\\x0d\\x7f");
  CHECK(printable("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\x9b31m");
  CHECK(printable("o\xff") == "o\\xff");
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");
  CHECK(printable("a\xe2\x80\xaetxt") == "a\\u202etxt");
  CHECK(printable("a\xe2\x81\xa6z") == "a\\u2066z");
}

TEST_CASE("code in apps writes to a terminal only by message.h", "[message]") {
  namespace fs = std::filesystem;
  int read = 0;
  for (const auto& entry : fs::recursive_directory_iterator(PUSHFORWARD_SOURCE_DIR "/apps")) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".cpp") && !path.ends_with(".h")) continue;
    if (path.ends_with("/terminal/message.cpp")) continue;
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    ++read;
    INFO(path);
    for (const char* word : {"fmt::print(", "std::cout", "std::cerr", "stdout)", "stderr)",
                             "std::puts", "std::printf", "(stderr,", "(stdout,"})
      CHECK(text.str().find(word) == std::string::npos);
  }
  CHECK(read > 100);
}
