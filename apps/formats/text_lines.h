// Reads and writes text files with one sequence per line. Line ends and backslashes within a
// sequence are written \n, \r and \\.
#pragma once

#include <string>
#include <vector>

namespace pushforward::app {

std::string escaped(const std::string& text);
std::string unescaped(const std::string& line);

// Both throw FileError.
void write_lines(const std::string& path, const std::vector<std::string>& texts);
std::vector<std::string> read_lines(const std::string& path);

}  // namespace pushforward::app
