// Runs a test for each instruction set for which the kernels are compiled and which this CPU has.
#pragma once

#include <hwy/targets.h>

namespace pushforward {

// Calls use(name) for each target in turn, then selects the best target again. Do not call it while
// other threads compute.
template <class Use>
void each_simd_target(Use use) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().DeInit();
    use(hwy::TargetName(target));
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
}

}  // namespace pushforward
