// `pushforward verify`: exit code 0 where all the equations asked for hold, 1 where one does not.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "apps/cli/verbs.h"
#include "apps/failure.h"
#include "apps/report/verify.h"
#include "autograd/tensor/blas.h"

namespace pushforward::app {

int verb_verify(const VerifyArguments& args) {
  if (args.list) {
    for (const Equation& e : theory_equations()) fmt::print("{:<20}  {}\n", e.name, e.text);
    return 0;
  }
  use_one_blas_thread();
  const std::vector<Verdict> verdicts = verify(args.names, args.plant);
  if (args.json)
    fmt::print("{}\n", verify_object(verdicts).dump());
  else
    fmt::print("{}", verify_text(verdicts));
  return std::ranges::all_of(verdicts, &Verdict::holds) ? 0 : static_cast<int>(Exit::failed);
}

}  // namespace pushforward::app
