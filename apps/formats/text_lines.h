// Files of text, one sequence a line; line ends and
// backslashes within a sequence are written \n, \r and \\.
#pragma once

#include <string>
#include <vector>

namespace pushforward::app {

std::string escaped(const std::string& text);
std::string unescaped(const std::string& line);

// FileError.
void write_lines(const std::string& path, const std::vector<std::string>& texts);
std::vector<std::string> read_lines(const std::string& path);

}  // namespace pushforward::app
