#include "apps/page/boundary.h"

#include <memory>
#include <new>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/page/program.h"
#include "apps/page/session.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {
namespace {

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

PageMessage answer_question(const Json& question) {
  std::unique_ptr<PageSession>& session = page_state().session;
  if (question.at("ask").text() == "open") {
    const Config config =
        parse_config(question.at("config").text(), question.value("name", std::string("config")),
                     question.value("overrides", std::vector<std::string>{}));
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
    return page_fault("other", "[page] there is not enough memory for this; choose a smaller one");
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
