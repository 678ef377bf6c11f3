#include "apps/formats/text_lines.h"

#include "apps/formats/stored_text.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

std::string escaped(const std::string& text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n')
      line += "\\n";
    else if (c == '\r')
      line += "\\r";
    else if (c == '\\')
      line += "\\\\";
    else
      line += c;
  }
  return line;
}

std::string unescaped(const std::string& line) {
  std::string text;
  for (std::size_t k = 0; k < line.size(); ++k) {
    if (line[k] != '\\' || k + 1 == line.size()) {
      text += line[k];
      continue;
    }
    const char c = line[++k];
    text += c == 'n' ? '\n' : c == 'r' ? '\r' : c;
  }
  return text;
}

void write_lines(const std::string& path, const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += escaped(text) + "\n";
  write_file_atomically(posix(), path, all);
}

std::vector<std::string> read_lines(const std::string& path) {
  const StoredText stored = read_stored_text(path, "file");
  std::string_view rest = stored.text;
  std::vector<std::string> texts;
  while (!rest.empty()) texts.push_back(unescaped(std::string(take_line(rest))));
  return texts;
}

}  // namespace pushforward::app
