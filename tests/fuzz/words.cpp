// Fuzzes word lists and text files. Any bytes either are read as tokens or are refused with exit
// code 4. The readers open files by name, so the bytes are put into a file in memory.
#include <sys/mman.h>
#include <unistd.h>

#include "apps/failure.h"
#include "apps/from_config/token_texts.h"
#include "nn/checkpoint/utf8.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

template <class Read>
void read_or_refuse(const Read& read) {
  try {
    read();
  } catch (const Failure& failure) {
    must(failure.code == Exit::file, "a text is refused with another code than 4");
  }
}

void check_characters(const std::vector<std::string>& characters) {
  for (const std::string& c : characters) must(!not_utf8_at(c), "a token is not UTF-8");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int file = memfd_create("fuzz", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  must(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == static_cast<ssize_t>(size),
       "the file in memory cannot be written");
  read_or_refuse([] {
    const Json section{{"path", path},       {"shortest", 1}, {"longest", 6}, {"held_out", 0.2},
                       {"letters", "abcdé"}, {"labels", ""},  {"label", ""}};
    const WordList list = read_words(section);
    check_characters(list.training);
    check_characters(list.letters);
  });
  read_or_refuse([] {
    const Json section{{"path", path},  {"length", 3},       {"held_out", 0.1},
                       {"letters", ""}, {"lowercase", true}, {"one_space", true}};
    const TextFile text = read_text(section);
    check_characters(text.glyphs);
    for (const int token : text.training)
      must(token >= 0 && token < static_cast<int>(text.glyphs.size()), "a token is no character");
  });
  return 0;
}
