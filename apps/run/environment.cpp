#include "apps/run/environment.h"

#include <hwy/targets.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>

#include "autograd/tensor/blas.h"
#include "nn/checkpoint/file.h"

// cmake/commit.cmake sets PUSHFORWARD_COMMIT from the git checkout.
#ifndef PUSHFORWARD_COMMIT
#define PUSHFORWARD_COMMIT "unknown"
#endif

namespace pushforward::app {

std::string system_text(const std::string& path) {
  try {
    return read_file(posix(), path, 1 << 22);
  } catch (const FileError&) {
    return "";
  }
}

std::vector<std::string> cgroup_folders() {
  const std::string root = "/sys/fs/cgroup", text = system_text("/proc/self/cgroup");
  std::vector<std::string> folders;
  const std::size_t at = text.rfind("0::/", 0) == 0 ? 0 : text.find("\n0::/");
  if (at != std::string::npos) {
    const std::size_t begin = text.find('/', at);
    std::string path = text.substr(begin, text.find('\n', begin) - begin);
    while (path.size() > 1) {
      folders.push_back(root + path);
      path = folder_of(path);
    }
  }
  folders.push_back(root);
  return folders;
}

namespace {

std::string compiler_name() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

#if defined(__OPTIMIZE__)
constexpr bool is_optimised = true;
#else
constexpr bool is_optimised = false;
#endif

int usable_cores(int cores) {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cores;
  return std::max(CPU_COUNT(&set), 1);
}

// Returns the lowest CPU limit of the cgroups, of version 1 or 2.
std::optional<double> cpu_limit() {
  std::optional<double> min_limit;
  const auto take = [&](const std::string& text) {
    const std::optional<double> limit = parse_cpu_max(text);
    if (limit && (!min_limit || *limit < *min_limit)) min_limit = limit;
  };
  for (const std::string& folder : cgroup_folders()) take(system_text(folder + "/cpu.max"));
  take(system_text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") + " " +
       system_text("/sys/fs/cgroup/cpu/cpu.cfs_period_us"));
  return min_limit;
}

std::optional<std::uint64_t> memory_limit(std::uint64_t memory) {
  std::optional<std::uint64_t> min_limit;
  std::vector<std::string> files{"/sys/fs/cgroup/memory/memory.limit_in_bytes"};
  for (const std::string& folder : cgroup_folders()) files.push_back(folder + "/memory.max");
  for (const std::string& file : files) {
    const std::string text = system_text(file);
    std::uint64_t bytes = 0;
    const bool number =
        std::from_chars(text.data(), text.data() + text.size(), bytes).ec == std::errc();
    if (number && bytes < memory && (!min_limit || bytes < *min_limit))
      min_limit = bytes;  // version 1 writes 2^63 if there is no limit
  }
  return min_limit;
}

std::map<std::string, std::string> set_variables() {
  constexpr std::array<const char*, 6> names{"OPENBLAS_CORETYPE",    "OPENBLAS_L2_SIZE",
                                             "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS",
                                             "OMP_NUM_THREADS",      "PUSHFORWARD_DATA"};
  std::map<std::string, std::string> found;
  for (const char* name : names) {
    if (const char* value = std::getenv(name)) found[name] = value;
  }
  return found;
}

// Returns the name of the best SIMD target. In Highway's masks, lower bits are better targets
// (hwy/detect_targets.h).
std::string best_simd_target() {
  const std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
  return targets == 0 ? "none" : hwy::TargetName(targets & -targets);
}

// Returns the time in UTC, such as "2026-01-31T12:00:00Z".
std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace

Environment environment() {
  Environment env;
  env.version = PUSHFORWARD_VERSION;
  env.commit = PUSHFORWARD_COMMIT;
  env.compiler = compiler_name();
  env.optimised = is_optimised;
  const CpuInfo cpu = parse_cpuinfo(system_text("/proc/cpuinfo"));
  env.cpu = cpu.model;
  env.cpu_flags = cpu.flags;
  env.cores = static_cast<int>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L));
  env.usable_cores = usable_cores(env.cores);
  env.cpu_limit = cpu_limit();
  env.memory = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 0L)) *
               static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 0L));
  env.memory_limit = memory_limit(env.memory);
  const MatrixLibrary matrices = matrix_library();
  env.blas = matrices.name;
  env.blas_core = matrices.core;
  env.blas_threads = matrices.threads;
  env.simd = best_simd_target();
  env.variables = set_variables();
  return env;
}

CpuInfo parse_cpuinfo(std::string_view text) {
  CpuInfo info;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key =
        line.substr(0, line.find_last_not_of(" \t", colon - (colon > 0)) + 1);
    const std::string_view value = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
    if (key == "model name" && info.model == "unknown") info.model = value;
    if ((key == "flags" || key == "Features") && info.flags.empty()) {
      std::size_t begin = 0;
      while (begin < value.size()) {
        const std::size_t end = std::min(value.find(' ', begin), value.size());
        if (end > begin) info.flags.emplace(value.substr(begin, end - begin));
        begin = end + 1;
      }
    }
    if (info.model != "unknown" && !info.flags.empty()) break;
  }
  return info;
}

std::optional<double> parse_cpu_max(std::string_view text) {
  double quota = 0, period = 0;
  const auto first = std::from_chars(text.data(), text.data() + text.size(), quota);
  if (first.ec != std::errc() || quota <= 0) return std::nullopt;
  const char* at = first.ptr;
  while (at != text.data() + text.size() && (*at == ' ' || *at == '\n')) ++at;
  const auto second = std::from_chars(at, text.data() + text.size(), period);
  if (second.ec != std::errc() || period <= 0) return std::nullopt;
  return quota / period;
}

Json environment_object(const Environment& env, const std::vector<std::string>& arguments,
                        int threads) {
  Json cpu{{"model", env.cpu}, {"cores", env.cores}, {"usable_cores", env.usable_cores}};
  cpu["limit"] = env.cpu_limit ? Json(*env.cpu_limit) : Json(nullptr);
  Json memory{{"bytes", env.memory}};
  memory["limit"] = env.memory_limit ? Json(*env.memory_limit) : Json(nullptr);
  return {{"version", env.version},
          {"commit", env.commit},
          {"compiler", env.compiler},
          {"optimised", env.optimised},
          {"cpu", cpu},
          {"memory", memory},
          {"blas", {{"library", env.blas}, {"core", env.blas_core}, {"threads", env.blas_threads}}},
          {"simd", env.simd},
          {"variables", env.variables},
          {"threads", threads > 0 ? threads : env.usable_cores},
          {"argv", arguments}};
}

std::string environment_json(const std::vector<std::string>& arguments, int threads,
                             const Json& data, const Json& from) {
  Json object = environment_object(environment(), arguments, threads);
  object["data"] = data;
  if (!from.is_null()) object["from"] = from;
  object["started"] = now_utc();
  return object.dump(2) + "\n";
}

}  // namespace pushforward::app
