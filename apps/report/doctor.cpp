#include "apps/report/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <string_view>

#include "apps/report/dependencies.h"
#include "autograd/tensor/blas.h"

namespace pushforward::app {

namespace {

const char* name_of(InstructionSet set) {
  switch (set) {
    case InstructionSet::sse2: return "SSE2";
    case InstructionSet::sse42: return "SSE4.2";
    case InstructionSet::avx: return "AVX";
    case InstructionSet::avx2: return "AVX2";
    case InstructionSet::avx512: return "AVX-512";
    case InstructionSet::unknown: break;
  }
  return "unknown";
}

// Returns the largest set that the CPU has. Each set needs some flags in addition to the sets before it
// (System V ABI, x86-64 v2 to v4).
InstructionSet instructions_of_cpu(const Environment& env) {
  const auto has = [&](std::initializer_list<const char*> flags) {
    for (const char* flag : flags) {
      if (!env.cpu_flags.count(flag)) return false;
    }
    return true;
  };
  if (has({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}))
    return InstructionSet::avx512;
  if (has({"avx2", "fma"})) return InstructionSet::avx2;
  if (has({"avx"})) return InstructionSet::avx;
  if (has({"sse4_2"})) return InstructionSet::sse42;
  return has({"sse2"}) ? InstructionSet::sse2 : InstructionSet::unknown;
}

std::string gib(std::uint64_t bytes) {
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / 0x1p30);
}

}  // namespace

std::vector<std::string> doctor_warnings(const Environment& env) {
  std::vector<std::string> warnings;
  const InstructionSet cpu = instructions_of_cpu(env), core = instructions_of_core(env.blas_core);
  if (core != InstructionSet::unknown && core < cpu) {
    const auto pinned = env.variables.find("OPENBLAS_CORETYPE");
    if (pinned != env.variables.end()) {
      warnings.push_back(fmt::format(
          "OPENBLAS_CORETYPE={} pins OpenBLAS to its {} kernels ({}), but this CPU has {}: "
          "matrix products are slower than they could be; unset OPENBLAS_CORETYPE",
          pinned->second, env.blas_core, name_of(core), name_of(cpu)));
    } else {
      warnings.push_back(fmt::format(
          "OpenBLAS uses its {} kernels ({}), but this CPU has {}; "
          "install a newer OpenBLAS, or try OPENBLAS_CORETYPE=SkylakeX if the CPU has AVX-512",
          env.blas_core, name_of(core), name_of(cpu)));
    }
  }
  if (env.blas != kNoBlas && env.blas.find("DYNAMIC_ARCH") == std::string::npos) {
    warnings.push_back(
        fmt::format("this OpenBLAS was built for one kind of CPU ({}); "
                    "install one with DYNAMIC_ARCH, such as Debian's libopenblas0-pthread",
                    env.blas_core));
  }
  if (env.variables.count("OPENBLAS_L2_SIZE")) {
    warnings.push_back(
        fmt::format("OPENBLAS_L2_SIZE={} overrides the cache size that OpenBLAS measures; "
                    "unset it unless you need it",
                    env.variables.at("OPENBLAS_L2_SIZE")));
  }
  if (!env.optimised) {
    warnings.push_back(
        "this program was built without optimisation; build it with -DCMAKE_BUILD_TYPE=Release");
  }
  if (env.cpu_limit && *env.cpu_limit < env.usable_cores - 0.01) {
    warnings.push_back(
        fmt::format("the container allows {:.3g} CPUs, but {} cores are visible; use --threads {}",
                    *env.cpu_limit, env.usable_cores,
                    std::max(1, static_cast<int>(std::floor(*env.cpu_limit)))));
  }
  if (env.simd == "none" || env.simd == "SCALAR" || env.simd == "EMU128") {
    warnings.push_back(
        "Highway has no vector instructions for this CPU; "
        "elementwise operations process one number at a time");
  }
  return warnings;
}

std::string doctor_text(const Environment& env) {
  std::string text;
  const auto line = [&](const char* what, const std::string& value) {
    text += fmt::format("{:<12}{}\n", what, value);
  };
  line("version", fmt::format("{} (commit {})", env.version, env.commit));
  line("compiler", env.compiler + (env.optimised ? "" : ", without optimisation"));
  line("cpu", fmt::format("{} ({})", env.cpu, name_of(instructions_of_cpu(env))));
  line("cores",
       fmt::format("{} online, {} usable, {}", env.cores, env.usable_cores,
                   env.cpu_limit ? fmt::format("the container allows {:.3g}", *env.cpu_limit)
                                 : "no limit by a cgroup"));
  line("memory", gib(env.memory) +
                     (env.memory_limit ? ", the container allows " + gib(*env.memory_limit) : ""));
  line("blas", env.blas);
  line("blas core", env.blas_core);
  const bool has_blas = env.blas != kNoBlas;
  line("products",
       !has_blas || blas_is_behind(instructions_of_core(env.blas_core), instructions_of_cpu(env))
           ? "the program's own kernel"
           : fmt::format("the program's own kernel for sizes from {} to {}, else OpenBLAS",
                         kOwnKernelFrom, kOwnKernelTo));
  line("threads",
       fmt::format("{} of the program's (--threads){}", env.usable_cores,
                   has_blas ? fmt::format(", {} of OpenBLAS's in each", env.blas_threads) : ""));
  line("simd", env.simd + " (Highway)");
  for (const auto& [name, value] : env.variables) line("variable", name + "=" + value);
  const std::vector<std::string> warnings = doctor_warnings(env);
  if (warnings.empty()) text += "\nAll is well.\n";
  for (const std::string& warning : warnings) text += "\nwarning: " + warning + "\n";
  return text;
}

Json doctor_object(const Environment& env) {
  Json object = environment_object(env, {}, 0);
  object.erase("argv");
  object["warnings"] = doctor_warnings(env);
  object["dependencies"] = dependencies_json();
  return object;
}

}  // namespace pushforward::app
