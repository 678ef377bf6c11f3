// The test runner's main: Catch2's, which also writes the tests it has for CTest, each with the
// labels of its folder.
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#if __has_include(<catch2/catch.hpp>)
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#else
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/internal/catch_test_case_registry_impl.hpp>
#endif

namespace {

#if __has_include(<catch2/catch.hpp>)
const Catch::TestCaseInfo& info(const Catch::TestCase& test) { return test; }
#else
const Catch::TestCaseInfo& info(const Catch::TestCaseHandle& test) {
  return test.getTestCaseInfo();
}
#endif

// "flow;flow/solve;flow/solve/integrate" for .../tests/flow/solve/integrate_test.cpp: every folder
// below tests/ that the file is in, and the file.
std::string labels(const std::string& file) {
  const std::string tests = "tests/";
  const auto at = file.rfind("/" + tests);
  std::string path = file.substr(at == std::string::npos ? tests.size() : at + 1 + tests.size());
  for (const std::string end : {".cpp", "_test"}) {
    if (path.size() > end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0)
      path.erase(path.size() - end.size());
  }
  std::string all;
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
    all += path.substr(0, slash) + ';';
  return all + path;
}

// The name as Catch2 reads it on a command line: commas and brackets stand for something there.
std::string escaped(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c == ',' || c == '[' || c == ']') out += '\\';
    out += c;
  }
  return out;
}

// A CMake argument that is taken as it is.
std::string bracketed(const std::string& text) { return "[==[" + text + "]==]"; }

// Commands of CMake that add each test under its name after `prefix`, with a time limit in seconds.
int write_ctest(Catch::Session& session, const std::string& program, const std::string& path,
                const std::string& prefix, const std::string& seconds) {
  std::ofstream out(path);
  for (const auto& test : Catch::getAllTestCasesSorted(session.config())) {
    const std::string& name = info(test).name;
    if (info(test).isHidden()) continue;
    if (name.find(';') != std::string::npos) {
      std::cerr << "[tests] the name \"" << name
                << "\" holds a semicolon, at which CMake cuts it; write a comma\n";
      return 1;
    }
    out << "add_test(" << bracketed(prefix + name) << ' ' << bracketed(program) << ' '
        << bracketed(escaped(name)) << ")\nset_tests_properties(" << bracketed(prefix + name)
        << " PROPERTIES TIMEOUT " << seconds << " LABELS "
        << bracketed(labels(info(test).lineInfo.file)) << ")\n";
  }
  return out.flush() ? 0 : 1;
}

}  // namespace

// With --ctest FILE PREFIX SECONDS it writes FILE for CTest; else it runs tests as Catch2 does. A
// name that selects no test fails, in version 2 as well.
int main(int argc, char** argv) {
  Catch::Session session;
  if (argc == 5 && std::string(argv[1]) == "--ctest")
    return write_ctest(session, argv[0], argv[2], argv[3], argv[4]);
#if __has_include(<catch2/catch.hpp>)
  const int code = session.applyCommandLine(argc, argv);
  if (code != 0) return code;
  auto& warnings = session.configData().warnings;
  warnings = static_cast<Catch::WarnAbout::What>(warnings | Catch::WarnAbout::NoTests);
  return session.run();
#else
  return session.run(argc, argv);
#endif
}
