// The main function of the test programs. It runs tests as Catch2 does, or writes a list of the
// tests for CTest with labels for their folders.
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

// Returns the labels of a test file: all folders below tests/ that contain it, and the file. For
// .../tests/flow/solve/integrate_test.cpp they are "flow;flow/solve;flow/solve/integrate".
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

// Escapes the characters of a name that have a meaning on Catch2's command line, such as commas and
// brackets.
std::string escaped(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c == ',' || c == '[' || c == ']') out += '\\';
    out += c;
  }
  return out;
}

// Returns the text as a bracket argument of CMake, which CMake leaves unchanged.
std::string bracketed(const std::string& text) { return "[==[" + text + "]==]"; }

// Writes CMake commands that add each test with a time limit in seconds. The name in CTest is
// `prefix` followed by the test's name. CTest starts tests with the tag [long] first, so that at the
// end no core waits for one of them.
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
    if (name.starts_with('-')) {
      std::cerr << "[tests] the name \"" << name
                << "\" begins with a dash, so Catch2 takes it for an option; write a word first\n";
      return 1;
    }
    out << "add_test(" << bracketed(prefix + name) << ' ' << bracketed(program) << ' '
        << bracketed(escaped(name)) << ")\nset_tests_properties(" << bracketed(prefix + name)
        << " PROPERTIES TIMEOUT " << seconds << " LABELS "
        << bracketed(labels(info(test).lineInfo.file));
    if (info(test).tagsAsString().find("[long]") != std::string::npos) out << " COST 10";
    out << ")\n";
  }
  return out.flush() ? 0 : 1;
}

}  // namespace

// With --ctest FILE PREFIX SECONDS it writes FILE for CTest, otherwise it runs tests as Catch2
// does. It fails if no test has the given name, which Catch2 version 2 does only with an option.
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
