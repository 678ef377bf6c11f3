#include "apps/report/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/failure.h"
#include "apps/suggest.h"

namespace pushforward::app {
namespace {

void check_names(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const Equation& e : theory_equations()) known.push_back(e.name);
  for (const std::string& name : names) {
    if (std::ranges::count(known, name)) continue;
    throw Failure(Exit::usage,
                  fmt::format("[verify] there is no equation \"{}\"; {}", name,
                              did_you_mean_or("`pushforward verify --list` lists all names",
                                              nearest(name, known))));
  }
}

}  // namespace

std::vector<Verdict> verify(const std::vector<std::string>& names, double wrong) {
  check_names(names);
  std::vector<Verdict> verdicts;
  for (const Equation& e : theory_equations()) {
    if (names.empty() || std::ranges::count(names, std::string(e.name)))
      verdicts.push_back({&e, e.residual(wrong)});
  }
  return verdicts;
}

std::string verify_text(std::span<const Verdict> verdicts) {
  std::string text;
  std::size_t held = 0;
  for (const Verdict& v : verdicts) {
    held += v.holds();
    text += fmt::format("{:<6}  {:<20}  {:7.1e} {} {:5.0e}   {}\n", v.holds() ? "ok" : "FAILED",
                        v.equation->name, v.residual, v.holds() ? "<=" : "> ",
                        v.equation->tolerance, v.equation->text);
  }
  return text + fmt::format("{} of {} equations hold\n", held, verdicts.size());
}

Json verify_object(std::span<const Verdict> verdicts) {
  Json equations = Json::array();
  std::size_t held = 0;
  for (const Verdict& v : verdicts) {
    held += v.holds();
    equations.push_back({{"name", v.equation->name},
                         {"equation", v.equation->text},
                         {"residual", v.residual},
                         {"tolerance", v.equation->tolerance},
                         {"holds", v.holds()}});
  }
  return {{"equations", equations}, {"held", held}, {"total", verdicts.size()}};
}

}  // namespace pushforward::app
