// Asks the engine's side of the page through its C functions, for tests.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/json/json.h"
#include "apps/page/boundary.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

namespace pushforward::app {

// The answer to a question: its head, and the numbers of its arrays by name.
struct PageAnswer {
  Json head;
  std::vector<float> numbers;

  bool has(const std::string& name) const {
    for (const Json& entry : head.at("arrays"))
      if (entry.at("name").text() == name) return true;
    return false;
  }
  std::vector<double> array(const std::string& name) const {
    for (const Json& entry : head.at("arrays")) {
      if (entry.at("name").text() != name) continue;
      std::size_t count = 1;
      for (const Json& n : entry.at("shape")) count *= n.get<std::size_t>();
      const auto at = entry.at("at").get<std::ptrdiff_t>();
      return {numbers.begin() + at, numbers.begin() + at + static_cast<std::ptrdiff_t>(count)};
    }
    FAIL("no array " << name << " in " << head.dump());
    return {};
  }
};

inline PageAnswer ask_page(const Json& question) {
  page_ask(question.dump().c_str());
  return {Json::parse(page_text()), {page_numbers(), page_numbers() + page_count()}};
}

inline PageAnswer open_page(const TestFolder& folder, const std::string& config) {
  return ask_page({{"ask", "open"}, {"config", config}, {"folder", folder / ""}});
}

}  // namespace pushforward::app
