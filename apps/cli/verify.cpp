// `pushforward verify`: checks equations of flow matching. The exit code is 1 if one does not hold.
#include <algorithm>
#include <memory>

#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/report/verify.h"
#include "apps/terminal/message.h"

namespace pushforward::app {

namespace {

struct VerifyArguments {
  std::vector<std::string> names;  // the equations to check; empty: all
  double plant = 0;                // a relative error put into the library's values; every check
                                   // must notice it
  bool list = false, json = false;
};

int verify_equations(const VerifyArguments& args) {
  if (args.list) {
    for (const Equation& e : theory_equations()) print("{:<20}  {}\n", e.name, e.text);
    return 0;
  }
  const std::vector<Verdict> verdicts = verify(args.names, args.plant);
  if (args.json)
    print("{}\n", verify_object(verdicts).dump());
  else
    print("{}", verify_text(verdicts));
  return std::ranges::all_of(verdicts, &Verdict::holds) ? 0 : static_cast<int>(Exit::failed);
}

Action declare_verify(Options& options) {
  auto args = std::make_shared<VerifyArguments>();
  const Option names =
      options.add("names", args->names, "check only these: see --list").type("NAME");
  const Option list =
      options.flag("--list", args->list, "list the equations without checking them");
  const Option plant =
      options
          .add("--plant", args->plant,
               "test the checks: add this relative error to every quantity (default: 0)")
          .number()
          .type("E");
  const Option json =
      options.flag("--json", args->json, "print one JSON object about the results on stdout");
  for (const Option& other : {names, plant, json}) other.excludes(list);
  return [args] { return verify_equations(*args); };
}

}  // namespace

const Verb verify_verb{"verify", "check the equations of flow matching and print their residuals",
                       "pushforward verify continuity cfm_gradient", declare_verify};

}  // namespace pushforward::app
