// Reads and writes text files with one sequence per line. Line ends and backslashes within a
// sequence are written \n, \r and \\.
#pragma once

#include <string>
#include <vector>

namespace pushforward::app {

std::string escaped(const std::string& text);
std::string unescaped(const std::string& line);

// Throws FileError.
void write_lines(const std::string& path, const std::vector<std::string>& texts);
// Reads the lines of a UTF-8 file (stored_text.h). Throws FileError, or Failure (exit 4) if it is no
// such text.
std::vector<std::string> read_lines(const std::string& path);

}  // namespace pushforward::app
