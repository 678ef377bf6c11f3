// Writes the messages of a recording into one HTML file, which shows them without a network.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/page/message.h"

namespace pushforward::app {

// The beginning of every report, by which the program recognises the reports that it has written.
extern const std::string_view kReportMark;

// Returns the text of a file of apps/page/web/, which the build embeds in the program. Throws
// std::logic_error if the program has no such file.
std::string_view web_file(std::string_view name);

// Returns the names of the page's modules, each after those that it imports.
const std::vector<std::string>& report_modules();

// Returns the page's modules that a report needs as one script. The modules then share one scope,
// so their import and export statements are left out.
std::string report_script();

// Returns the messages as JSON that can stand in a script element: numbers are in base64, and no
// character "<" is left.
std::string recording_text(const std::vector<PageMessage>& messages);

// Returns the whole HTML file.
std::string report_html(const std::vector<PageMessage>& messages);

}  // namespace pushforward::app
