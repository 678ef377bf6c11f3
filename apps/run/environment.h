// Describes the build and the machine: version, commit, compiler, CPU, the kernels of BLAS, SIMD
// target, limits and threads. env.json and `pushforward doctor` show it.
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

// The build and the machine. A property that cannot be determined is "unknown" or absent.
struct Environment {
  std::string version, commit;      // the program's version; the commit when CMake last ran
  std::string compiler;             // the compiler's name and version
  bool optimised = true;            // true if the compiler optimises
  std::string cpu = "unknown";      // the CPU's model name
  std::set<std::string> cpu_flags;  // flags in the notation of /proc/cpuinfo, such as "avx2"
  int cores = 1;                    // cores that are online
  int usable_cores = 1;             // cores that this process may use
  std::optional<double> cpu_limit;  // the limit of the cgroup, in CPUs
  std::uint64_t memory = 0;         // in bytes
  std::optional<std::uint64_t> memory_limit;  // the limit of the cgroup, in bytes
  std::string blas;                           // OpenBLAS's own description, or kNoBlas
  std::string blas_core;                      // the kernels OpenBLAS uses ("Haswell"), or "none"
  int blas_threads = 1;
  std::string simd;  // the best target of Highway on this CPU ("AVX2")
  std::map<std::string, std::string>
      variables;  // set environment variables of OpenBLAS, OpenMP and this program
};

// Returns the environment of this process.
Environment environment();

// The CPU's model and flags. parse_cpuinfo reads them from the text of /proc/cpuinfo.
struct CpuInfo {
  std::string model = "unknown";
  std::set<std::string> flags;
};
CpuInfo parse_cpuinfo(std::string_view text);

// Returns how many CPUs "quota period" allows. This is the text of cpu.max of cgroup v2, or the two
// files of v1 joined by a space. Returns nothing for the quotas "max" and -1, which mean no limit.
std::optional<double> parse_cpu_max(std::string_view text);

// Returns the text of a small file of the system, such as /proc/cpuinfo, or "" if it cannot be read.
std::string system_text(const std::string& path);

// Returns the folders of this process's cgroups, from its own up to the root. With cgroups of
// version 2, /proc/self/cgroup has the line "0::/path".
std::vector<std::string> cgroup_folders();

// Returns the content of env.json: `env`, the number of threads (0: all usable
// cores) and the command line.
Json environment_object(const Environment& env, const std::vector<std::string>& arguments,
                        int threads);

// Returns the text of env.json for this process. `data` is the record of the run's data files
// (apps/data/run_data.h), and `from` is the record of the run from whose weights this run
// started, or null.
std::string environment_json(const std::vector<std::string>& arguments, int threads = 0,
                             const Json& data = Json::array(), const Json& from = nullptr);

}  // namespace pushforward::app
