// Tests `pushforward doctor`: how it parses system files, and the cause and cure of each warning.
#include "apps/report/doctor.h"

#include "autograd/tensor/blas.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns the description of a machine without problems.
Environment healthy() {
  Environment env;
  env.version = "1.2.3";
  env.commit = "abc";
  env.compiler = "g++ 12";
  env.cpu = "Some CPU";
  env.cpu_flags = {"sse2", "sse4_2", "avx", "avx2", "fma"};
  env.cores = env.usable_cores = 4;
  env.memory = std::uint64_t{8} << 30;
  env.blas = "OpenBLAS 0.3.21 DYNAMIC_ARCH";
  env.blas_core = "Haswell";
  env.simd = "AVX2";
  return env;
}

const std::set<std::string> avx512{"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};

}  // namespace

TEST_CASE("/proc/cpuinfo and cpu.max are read", "[doctor]") {
  const CpuInfo info = parse_cpuinfo(
      "processor\t: 0\nmodel name\t: AMD EPYC 7\nempty\t:\nflags\t\t: fpu avx2  fma\n\n"
      "processor\t: 1\nmodel name\t: other\n");
  CHECK(info.model == "AMD EPYC 7");
  CHECK(info.flags == std::set<std::string>{"fpu", "avx2", "fma"});
  CHECK(parse_cpuinfo("Features : fp asimd").flags.count("asimd") == 1);
  CHECK(parse_cpuinfo("").model == "unknown");
  CHECK(parse_cpuinfo(":\n: x\nno colon").model == "unknown");
  CHECK(parse_cpu_max("150000 100000\n") == 1.5);
  CHECK(parse_cpu_max("200000\n 100000\n") == 2.0);
  CHECK_FALSE(parse_cpu_max("max 100000\n"));
  CHECK_FALSE(parse_cpu_max("-1\n 100000\n"));
  CHECK_FALSE(parse_cpu_max(" "));
  CHECK_FALSE(parse_cpu_max("100"));
}

TEST_CASE("each problem of a machine has its warning", "[doctor]") {
  Environment env = healthy();
  CHECK(doctor_warnings(env).empty());
  CHECK(lacks(doctor_text(env), "All is well.") == "");
  CHECK(doctor_object(env)["warnings"].empty());

  env.cpu_flags.insert(avx512.begin(), avx512.end());
  env.variables["OPENBLAS_CORETYPE"] = "Haswell";
  REQUIRE(doctor_warnings(env).size() == 1);
  CHECK(doctor_warnings(env)[0] ==
        "OPENBLAS_CORETYPE=Haswell pins OpenBLAS to its Haswell kernels (AVX2), "
        "but this CPU has AVX-512: "
        "matrix products are slower than they could be; unset OPENBLAS_CORETYPE");
  CHECK(lacks(doctor_text(env), "\nwarning: OPENBLAS_CORETYPE=Haswell pins") == "");
  env.variables.clear();
  CHECK(lacks(doctor_warnings(env).at(0),
              "OpenBLAS uses its Haswell kernels (AVX2), but this CPU has AVX-512") == "");
  env.blas_core = "SkylakeX";
  CHECK(doctor_warnings(env).empty());
  env.blas_core = "a later one";
  CHECK(doctor_warnings(env).empty());

  env = healthy();
  env.blas = "OpenBLAS 0.3.21 SANDYBRIDGE";
  env.optimised = false;
  env.cpu_limit = 1.5;
  env.simd = "EMU128";
  env.variables["OPENBLAS_L2_SIZE"] = "1";
  const std::vector<std::string> warnings = doctor_warnings(env);
  REQUIRE(warnings.size() == 5);
  CHECK(lacks(warnings[0], "install one with DYNAMIC_ARCH") == "");
  CHECK(lacks(warnings[1], "OPENBLAS_L2_SIZE=1 overrides the cache size") == "");
  CHECK(lacks(warnings[2], "-DCMAKE_BUILD_TYPE=Release") == "");
  CHECK(warnings[3] == "the container allows 1.5 CPUs, but 4 cores are visible; use --threads 1");
  CHECK(lacks(warnings[4], "no vector instructions") == "");
  env.cpu_limit = 4;
  CHECK(doctor_warnings(env).size() == 4);
}

TEST_CASE("a build without BLAS says so and has no warnings", "[doctor]") {
  Environment env = healthy();
  env.cpu_flags.insert(avx512.begin(), avx512.end());
  env.blas = kNoBlas;
  env.blas_core = "none";
  CHECK(doctor_warnings(env).empty());
  CHECK(lacks(doctor_text(env), "none: this build has only its own matrix products") == "");
  CHECK(lacks(doctor_text(env), "products    the program's own kernel\n") == "");
  CHECK(lacks(doctor_text(healthy()),
              "products    the program's own kernel for sizes from 8 to 512, else OpenBLAS\n") ==
        "");
  CHECK(lacks(doctor_text(env), "threads     4 of the program's (--threads)\n") == "");
}

TEST_CASE("an OpenBLAS that does not know the CPU computes no product", "[doctor]") {
  Environment env = healthy();
  env.cpu_flags.insert(avx512.begin(), avx512.end());
  env.blas_core = "Prescott";
  CHECK(lacks(doctor_text(env), "products    the program's own kernel\n") == "");
  CHECK_FALSE(blas_is_behind(InstructionSet::sse42, InstructionSet::avx));
  CHECK(blas_is_behind(InstructionSet::avx2, InstructionSet::avx512));
  CHECK_FALSE(blas_is_behind(InstructionSet::avx512, InstructionSet::avx512));
  CHECK_FALSE(blas_is_behind(InstructionSet::unknown, InstructionSet::avx512));
}

TEST_CASE("this machine's environment is complete, and env.json is valid JSON for any arguments",
          "[doctor]") {
  const Environment env = environment();
  for (const std::string& text :
       {env.version, env.commit, env.compiler, env.cpu, env.blas, env.blas_core, env.simd}) {
    CHECK_FALSE(text.empty());
  }
  CHECK(env.cores >= env.usable_cores);
  CHECK(env.usable_cores >= 1);
  CHECK(env.memory > 0);
  const Json json = Json::parse(environment_json({"pushforward", "train", "\xFF.json"}, 3));
  for (const char* key : {"version", "commit", "compiler", "cpu", "memory", "blas", "simd",
                          "threads", "argv", "started"}) {
    CHECK(json.contains(key));
  }
  CHECK(json.at("threads") == 3);
  CHECK(json.at("argv").at(1) == "train");
  CHECK(Json::parse(environment_json({})).at("threads") == env.usable_cores);
  CHECK_FALSE(doctor_object(env).contains("argv"));
}

TEST_CASE("the list of dependencies has a version, a licence and a use for each", "[doctor]") {
  const Json list = doctor_object(healthy()).at("dependencies");
  REQUIRE(list.size() >= 10);
  std::string before;
  for (const Json& entry : list) {
    const auto name = entry.at("name").get<std::string>();
    INFO(entry.dump());
    CHECK(name != before);
    before = name;
    const auto version = entry.at("version").get<std::string>();
    CHECK(version.find_first_not_of("0123456789.") == std::string::npos);
    CHECK(version.find('.') != std::string::npos);
    for (const char* key : {"licence", "use"})
      CHECK_FALSE(entry.at(key).get<std::string>().empty());
    const auto linked = entry.at("linked").get<std::string>();
    CHECK((linked == "header" || linked == "shared"));
  }
}
