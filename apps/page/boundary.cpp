#include "apps/page/boundary.h"

#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "apps/config/data_types.h"
#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/page/program.h"
#include "apps/page/session.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

constexpr const char* kNoMemory =
    "[page] there is not enough memory for this; choose a smaller network, batch or table";

struct PageState {
  std::unique_ptr<PageSession> session;
  PageMessage answer{"nothing"};
  std::string text;
};

PageState& page_state() {
  static PageState state;
  return state;
}

const char* fault_name(Exit code) {
  switch (code) {
    case Exit::usage: return "config";
    case Exit::file: return "file";
    case Exit::diverged: return "diverged";
    default: return "other";
  }
}

Config config_of_question(const Json& question) {
  return parse_config(question.at("config").text(), question.value("name", std::string("config")),
                      question.value("overrides", std::vector<std::string>{}),
                      {.earlier_run = question.value("of_run", false)});
}

// Returns data_files(config). If the config needs files that are installed with the program, throws
// a failure that says that the page does not have them.
std::vector<DataFile> files_of_page_config(const Config& config) {
  try {
    return data_files(config);
  } catch (const Failure&) {
    throw Failure(Exit::file,
                  "[page] /data names a data set whose file is installed with the program, and the "
                  "page has no such files; train this config with the program");
  }
}

PageMessage describe_config(const Config& config) {
  PageMessage message("described");
  message.head["tokens"] = of_tokens(config);
  Json files = Json::array();
  for (const DataFile& file : files_of_page_config(config))
    files.push_back({{"key", file.key}, {"path", file.path}});
  message.head["files"] = std::move(files);
  return message;
}

PageMessage answer_question(const Json& question) {
  std::unique_ptr<PageSession>& session = page_state().session;
  if (question.at("ask").text() == "describe") return describe_config(config_of_question(question));
  if (question.at("ask").text() == "open") {
    const Config config = config_of_question(question);
    std::unique_ptr<PageSession> made = open_page_session(config, question.at("folder").text());
    PageMessage opened = made->ask({{"ask", "opened"}});
    session = std::move(made);
    return opened;
  }
  if (question.at("ask").text() == "program") return answer_program(question);
  if (!session) throw Failure(Exit::failed, "[page] no training is open; ask \"open\" first");
  return session->ask(question);
}

PageMessage answer_or_fault(const char* question) {
  try {
    return answer_question(Json::parse(question));
  } catch (const Failure& e) {
    return page_fault(fault_name(e.code), e.what());
  } catch (const FileError& e) {
    return page_fault("file", e.what());
  } catch (const std::bad_alloc&) {
    return page_fault("other", kNoMemory);
  } catch (const std::length_error&) {  // a size beyond what 32 bits can address
    return page_fault("other", kNoMemory);
  } catch (const std::exception& e) {
    return page_fault("other", e.what());
  }
}

}  // namespace
}  // namespace pushforward::app

using pushforward::app::page_state;

void page_ask(const char* question) {
  auto& state = page_state();
  state.answer = pushforward::app::answer_or_fault(question);
  state.text = state.answer.text();
}

const char* page_text() { return page_state().text.c_str(); }
const float* page_numbers() { return page_state().answer.numbers.data(); }
std::size_t page_count() { return page_state().answer.numbers.size(); }
