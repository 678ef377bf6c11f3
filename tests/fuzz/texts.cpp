// Fuzzes texts. gzip files are decompressed or refused with exit code 4. Escaping and unescaping a
// line gives the same line. Text for a terminal is UTF-8 without control characters.
#include "apps/failure.h"
#include "apps/formats/gzip.h"
#include "apps/formats/text_lines.h"
#include "apps/terminal/message.h"
#include "nn/checkpoint/utf8.h"
#include "tests/fuzz/fuzz.h"

using namespace pushforward;
using namespace pushforward::app;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(as_text(data, size));
  try {
    gunzip(text, "fuzz.gz", std::size_t{1} << 22);
  } catch (const Failure& failure) {
    must(failure.code == Exit::file, "a gzip file is refused with another code than 4");
  }
  must(unescaped(escaped(text)) == text, "a line is read back as another one");
  unescaped(text);
  const std::string shown = printable(text);
  must(!not_utf8_at(shown), "a message is not UTF-8");
  for (const char c : shown)
    must(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t',
         "a control character is shown");
  must(printable(shown) == shown, "what is printable is changed");
  return 0;
}
