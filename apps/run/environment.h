// What a run ran on: version, commit, compiler, CPU, BLAS core, SIMD target, limits and threads.
// env.json and `pushforward doctor` say the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/json/json.h"

namespace pushforward::app {

// The machine and the build. What can't be found out is "unknown" or absent.
struct Environment {
  std::string version, commit;                // of this program; the commit it was configured at
  std::string compiler;                       // its name and version
  bool optimised = true;                      // whether the compiler was asked to optimise
  std::string cpu = "unknown";                // the model's name
  std::set<std::string> cpu_flags;            // as /proc/cpuinfo lists them ("avx2")
  int cores = 1;                              // online
  int usable_cores = 1;                       // that this process may run on
  std::optional<double> cpu_limit;            // the cgroup's, in CPUs
  std::uint64_t memory = 0;                   // bytes
  std::optional<std::uint64_t> memory_limit;  // the cgroup's, bytes
  std::string blas;                           // OpenBLAS's own description
  std::string blas_core;                      // the kernels it uses ("Haswell")
  int blas_threads = 1;
  std::string simd;  // the best target that Highway has code for here ("AVX2")
  std::map<std::string, std::string>
      variables;  // those of OpenBLAS, OpenMP and this program that are set
};

// Looks at this process and this machine.
Environment environment();

// The CPU's model and flags, from the text of /proc/cpuinfo.
struct CpuInfo {
  std::string model = "unknown";
  std::set<std::string> flags;
};
CpuInfo parse_cpuinfo(std::string_view text);

// CPUs that "quota period" allows (cgroup v2's cpu.max;
// v1's two files, joined); nothing for "max" or -1.
std::optional<double> parse_cpu_max(std::string_view text);

// `env`, how many threads work (0: as many as may), and the command line, as env.json has them.
Json environment_object(const Environment& env, const std::vector<std::string>& arguments,
                        int threads);

// The text of env.json for this process.
std::string environment_json(const std::vector<std::string>& arguments, int threads = 0);

}  // namespace pushforward::app
